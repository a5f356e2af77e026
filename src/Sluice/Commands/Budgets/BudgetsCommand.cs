using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Hosting;
using Sluice.Reports;

namespace Sluice.Commands.Budgets;

/// <summary><c>sluice budgets set|list|explain|remove</c>: what calls may cost, and how that stands.</summary>
public static class BudgetsCommand
{
    public static Command Create(TimeProvider time) => new("budgets", "Set, list, explain and remove budgets.")
    {
        Set(),
        ReportCommand.Of(ReportCatalog.Budgets, "list", time),
        ExplainCommand.Create(time),
        Remove(),
    };

    private static Command Set()
    {
        var name = new Argument<string>("name") { Description = "What alerts and refusals call it." };
        var limit = new Option<decimal>("--limit") { Description = "Dollars that may be spent in a window.", Required = true };
        var scope = new Option<string>("--scope") { Description = $"The calls that count: {BudgetsReader.ScopeForm}.", DefaultValueFactory = _ => "all" };
        var window = new Option<string>("--window") { Description = "How long the limit lasts.", DefaultValueFactory = _ => "month" };
        window.AcceptOnlyFromAmong([.. BudgetsReader.Periods.Keys]);
        var rolling = new Option<bool>("--rolling") { Description = "The window ends now and moves along, instead of beginning with the calendar." };
        var zone = new Option<string>("--time-zone") { Description = "Whose calendar.", DefaultValueFactory = _ => "UTC" };
        var at = new Option<string[]>("--at") { Description = "What happens at a share of the limit: PERCENT:alert, :cheaper, :stop or :forbid=PATTERN,...; may be given several times. Default: alerts at 50, 80 and 100 %.", DefaultValueFactory = _ => [] };
        var stop = new Option<bool>("--stop") { Description = "Short for --at 100:stop: the limit is hard." };
        var config = Config();
        var data = DataOption.MayBegin();
        var command = new Command("set", """
            Make a budget, or change the one of that name. A gateway that runs takes it over within a second or two; alerts that
            were raised before a change are raised again. What was spent in the present window counts.

            Examples:
              sluice budgets set chat --scope app:chat --limit 500 --stop
              sluice budgets set each-key --scope key:each --limit 20 --window day --rolling --at 80:alert --at 100:stop
              sluice budgets set all --limit 9000 --at 50:alert --at 80:cheaper --at "90:forbid=*opus*" --at 100:stop
            """)
        { name, limit, scope, window, rolling, zone, at, stop, config, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (BudgetScope.TryParse(parsed.GetValue(scope)!) is not { } calls)
                return Wrong($"--scope is '{parsed.GetValue(scope)}'; it must be {BudgetsReader.ScopeForm}.");
            if (!TryThresholds(parsed.GetValue(at)!, parsed.GetValue(stop), out var thresholds, out var mistake))
                return Wrong(mistake);
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(parsed.GetValue(zone)!, out var calendar))
                return Wrong($"--time-zone is '{parsed.GetValue(zone)}', which this machine does not know; write one such as Europe/Berlin.");
            if (parsed.GetValue(limit) is var usd && (usd < 0 || usd > Budget.MaxLimit.Usd))
                return Wrong($"--limit is {usd}; it must be from 0 to {Budget.MaxLimit.Usd} dollars.");
            var budget = new Budget
            {
                Name = parsed.GetValue(name)!,
                Scope = calls,
                Limit = Money.FromUsd(usd),
                Window = new BudgetWindow(BudgetsReader.Periods[parsed.GetValue(window)!], parsed.GetValue(rolling), calendar),
                Thresholds = thresholds,
            };
            await using var state = BudgetState.Open(parsed.GetValue(config), parsed.GetValue(data)!);
            if (state.Configured.Any(b => b.Name == budget.Name))
                return Wrong($"'{budget.Name}' stands in the configuration file, whose word counts; change it there.");
            await state.SetAsync(budget, cancellationToken);
            Console.WriteLine($"Budget '{budget.Name}': {budget.Limit} USD, {budget.Window}, for {budget.Scope}; {string.Join(", ", budget.Thresholds)}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "The budget." };
        var config = Config();
        var data = CommonOptions.Data();
        var command = new Command("remove", """
            Remove a budget that was set with the command. What it has counted is kept, in case it is set again. Exits with 1
            where there is none of that name.

            Examples:
              sluice budgets remove chat
              sluice budgets remove chat --config sluice.yaml
            """)
        { name, config, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetValue(name)!;
            await using var state = BudgetState.Open(parsed.GetValue(config), parsed.GetValue(data)!);
            if (await state.RemoveAsync(wanted, cancellationToken))
            {
                Console.WriteLine($"Budget '{wanted}' is removed.");
                return ExitCode.Ok;
            }
            await Console.Error.WriteLineAsync(state.Configured.Any(b => b.Name == wanted)
                ? $"'{wanted}' stands in the configuration file; remove it there."
                : $"No budget '{wanted}' was set; 'sluice budgets list' lists what there is.");
            return ExitCode.No;
        });
        return command;
    }

    internal static Option<string?> Config() => new("--config") { Description = "The gateway's configuration file, where it has budgets or shares their state in PostgreSQL." };

    private static bool TryThresholds(string[] texts, bool stop, out ImmutableArray<BudgetThreshold> thresholds, out string mistake)
    {
        mistake = "";
        var read = ImmutableArray.CreateBuilder<BudgetThreshold>();
        thresholds = [];
        foreach (var text in texts)
        {
            if (BudgetThreshold.TryParse(text) is not { } threshold)
            {
                mistake = $"--at is '{text}'; write it as 80:alert, 80:cheaper, 100:stop or 90:forbid=*opus*.";
                return false;
            }
            read.Add(threshold);
        }
        if (read.Count == 0)
            read.AddRange(stop ? BudgetThreshold.Defaults.Where(t => t.Percent != 100) : BudgetThreshold.Defaults);
        if (stop)
            read.Add(new BudgetThreshold(100, BudgetAction.Stop, []));
        thresholds = read.ToImmutable();
        return true;
    }

    private static int Wrong(string mistake)
    {
        Console.Error.WriteLine(mistake);
        return ExitCode.WrongUsage;
    }
}
