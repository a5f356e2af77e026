using System.CommandLine;
using Sluice.Commands.Import;
using Sluice.Core;
using Sluice.Insights.Allocating;
using Sluice.Output;
using Sluice.Reports;
using Sluice.Reports.Spending;

namespace Sluice.Commands.Allocate;

/// <summary><c>sluice allocate</c>: who has which part of the spend.</summary>
public static class AllocateCommand
{
    public static Command Create(TimeProvider time)
    {
        var from = CommonOptions.Moment("--from", "First day (UTC).");
        from.Required = true;
        var to = CommonOptions.Moment("--to", "First day no longer in it.");
        to.Required = true;
        var by = new Option<string>("--by") { Description = "The tag that says who has a cost.", DefaultValueFactory = _ => "team" };
        var rules = new Option<string?>("--rules") { Description = "A YAML file with rules for what has no tag and for shared costs. Without one, only tags count." };
        var basis = new Option<string>("--basis") { Description = "metered: what the gateway recorded; billed: what was imported.", DefaultValueFactory = _ => "metered" };
        basis.AcceptOnlyFromAmong("metered", "billed");
        var cost = new Option<string>("--cost") { Description = "Of bills: billed, effective or list.", DefaultValueFactory = _ => "billed" };
        cost.AcceptOnlyFromAmong("billed", "effective", "list");
        var all = new Option<bool>("--all-services") { Description = "Of bills: also what is no generative AI." };
        var explain = new Option<bool>("--explain") { Description = "Show which rule gave what to whom." };
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("allocate", """
            Allocate spend by a tag, by rules and by shares. Rules are for what has no tag, shares for what is used in common. The rows add up to the whole exactly;
            what nobody has is a row of its own.

            Examples:
              sluice allocate --from 2026-11-01 --to 2026-12-01
              sluice allocate --from 2026-11-01 --to 2026-12-01 --basis billed --rules allocation.yaml --explain
            """)
        { from, to, by, rules, basis, cost, all, explain, data, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (first, end) = (parsed.GetValue(from)!.Value, parsed.GetValue(to)!.Value);
            if (end <= first)
            {
                await Console.Error.WriteLineAsync($"--to {end:yyyy-MM-dd} is not behind --from {first:yyyy-MM-dd}; --to is the first day no longer in it.");
                return ExitCode.WrongUsage;
            }
            var plan = parsed.GetValue(rules) is { } file ? AllocationReader.ReadFile(file, parsed.GetValue(by)!) : new AllocationPlan { By = parsed.GetValue(by)! };
            var directory = parsed.GetValue(data)!;
            Allocation allocation;
            if (parsed.GetValue(basis) == "billed")
            {
                using var store = DataDirectory.ExistingBills(directory, time);
                var choice = SpendParameters.CostOf(parsed.GetValue(cost));
                allocation = Allocator.Allocate(AllocatableCosts.Billed(store.Days(Day(first), Day(end), parsed.GetValue(all)), choice), plan);
            }
            else
            {
                using var ledger = await DataDirectory.LedgerAsync(directory, cancellationToken);
                allocation = Allocator.Allocate(AllocatableCosts.Metered(ledger, first, end, plan.TagNames), plan);
            }
            Write(Console.Out, plan.By, allocation, parsed.GetValue(explain), parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(TextWriter output, string by, Allocation allocation, bool explain, OutputFormat format)
    {
        if (explain && format != OutputFormat.Table)
        {
            var steps = new Listing("rule", by, "currency", "amount", "costs");
            foreach (var step in allocation.Steps)
                steps.Add(step.Rule, step.Name, step.Currency, step.Amount, step.Rows);
            steps.Write(output, format);
            return;
        }
        var isTable = format == OutputFormat.Table;
        var listing = new Listing(by, "currency", "direct", "shared", "total", "unpriced");
        foreach (var row in allocation.Rows)
            listing.Add(row.Name ?? (isTable ? "(unallocated)" : null), row.Currency, Amount(row.Direct), Amount(row.Shared), Amount(row.Total), row.Unpriced);
        // What is shown of the rows adds up to what is shown of their sum.
        foreach (var rows in allocation.Rows.GroupBy(r => r.Currency, StringComparer.Ordinal).Where(g => isTable && g.Skip(1).Any()))
            listing.AddTotal(["total", rows.Key, Amount(rows.Sum(r => r.Direct)), Amount(rows.Sum(r => r.Shared)), Amount(rows.Sum(r => r.Total)), rows.Sum(r => r.Unpriced)], r => Equals(r[1], rows.Key));
        listing.Write(output, format);
        if (!isTable)
            return;
        foreach (var (currency, total) in allocation.Totals.OrderBy(t => t.Key, StringComparer.Ordinal))
            output.WriteLine($"All of it: {total:#,0.00##########} {(currency.Length > 0 ? currency : "without a currency")}");
        if (explain)
            WriteSteps(output, by, allocation);

        // Amounts of any currency are shown as dollars are; each row names its own.
        object Amount(decimal amount) => isTable ? Money.FromUsd(amount) : amount;
    }

    private static void WriteSteps(TextWriter output, string by, Allocation allocation)
    {
        var listing = new Listing("rule", by, "currency", "amount", "costs");
        foreach (var step in allocation.Steps)
            listing.Add(step.Rule, step.Name ?? "(unallocated)", step.Currency, Money.FromUsd(step.Amount), step.Rows);
        listing.Write(output, OutputFormat.Table);
    }

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);
}
