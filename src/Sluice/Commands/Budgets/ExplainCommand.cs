using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Hosting;
using Sluice.Insights.Forecasts;
using Sluice.Output;
using Sluice.Reports.Watching;

namespace Sluice.Commands.Budgets;

/// <summary><c>sluice budgets explain</c>: which budgets a call counts for, how they stand, and what would happen to it.</summary>
internal static class ExplainCommand
{
    public static Command Create(TimeProvider time)
    {
        var file = new Argument<string?>("request") { Description = "A request's body as JSON; - reads standard input. Without one, the budgets are told as they stand.", DefaultValueFactory = _ => null };
        var call = new UnsentCallOptions();
        var key = new Option<string?>("--key") { Description = "The key that would make the call; its tags count." };
        var config = BudgetsCommand.Config();
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("explain", """
            Say which budgets a call counts for, what is spent, held and left of each, when it resets, and what would happen to
            the call. worst_case_usd is what would be held for it: every byte of text as a token of the dearest kind that it can
            be, and the whole of maxTokens. Nothing is sent. Exits with 1 where the call would be refused.

            Examples:
              sluice budgets explain --tag app=chat
              sluice budgets explain request.json --key SLCEABCDEFGHIJKLMNOP --model us.amazon.nova-pro-v1:0
              sluice budgets explain request.json --tag app=chat --config sluice.yaml --format json
            """)
        { file, call.Model, call.Operation, call.Tags, key, config, data, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(data)!;
            await using var state = BudgetState.Open(parsed.GetValue(config), directory);
            var body = parsed.GetValue(file) is { } name ? await UnsentCallOptions.BodyAsync(name, cancellationToken) : "{}"u8.ToArray();
            using var unsent = call.Of(parsed, state.Options, body);
            var keyId = parsed.GetValue(key);
            var tags = unsent.Invocation.Tags;
            if (keyId is not null && Directory.Exists(directory) && KeyRing.Open(directory, time).Find(keyId) is { } found)
                tags = found.Tags.SetItems(tags.Where(t => !found.Tags.ContainsKey(t.Key)));
            var model = unsent.Invocation.Request.Model!;
            var demand = new BudgetDemand(keyId, tags, model.BaseModel ?? model.Raw, time.GetUtcNow());
            if (parsed.GetValue(file) is not null)
                demand = demand with { Need = BudgetStage.WorstOf(unsent.Invocation, model, PriceBooks.Of(state.Options.Prices), out var why), WhyUnbounded = why };
            return await ExplainAsync(state, demand, parsed.GetValue(file) is not null, parsed.GetValue(format), directory, time, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExplainAsync(
        BudgetState state, BudgetDemand demand, bool hasRequest, OutputFormat format, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var book = await state.BookAsync(time, cancellationToken);
        var standings = book.StandingsOf(demand);
        var forecasts = await BudgetForecasts.OfAsync(standings, directory, demand.At, cancellationToken);
        var table = new Listing([.. BudgetsReport.ProgramColumns, "worst_case_usd", "would"]);
        var isRefused = false;
        foreach (var standing in standings)
        {
            var (would, refused) = Would(standing, demand, hasRequest, state.Options.BudgetState.Options);
            isRefused |= refused;
            table.Add([.. BudgetsReport.Row(standing, forecasts[standing]), demand.Need, would]);
        }
        if (standings.Count == 0 && format == OutputFormat.Table)
            Console.WriteLine("No budget is for such a call.");
        else if (format == OutputFormat.Table)
            foreach (var standing in standings)
                Tell(standing, forecasts[standing], Would(standing, demand, hasRequest, state.Options.BudgetState.Options).Text, demand.Need);
        else
            table.Write(Console.Out, format);
        return isRefused ? ExitCode.No : ExitCode.Ok;
    }

    private static void Tell(BudgetStanding standing, string forecast, string would, Money? need)
    {
        Console.WriteLine($"{standing.Title}: {standing.Budget.Scope}, {standing.Budget.Limit} USD, {standing.Budget.Window}, revision {standing.Budget.Revision}");
        Console.WriteLine($"  spent {standing.Spent} ({standing.Percent} %), unknown {standing.Unknown}, held {standing.Held}, left {standing.Left} USD; {(standing.Budget.Window.IsRolling ? "room from" : "resets")} {standing.FreesAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        foreach (var threshold in standing.Budget.Thresholds)
            Console.WriteLine($"  {threshold}{(standing.Budget.IsReached(threshold, standing.Counted) ? " (reached)" : "")}");
        Console.WriteLine($"  forecast: {forecast}");
        Console.WriteLine($"  the call{(need is { } worst ? $", which may cost up to {worst} USD," : "")} would {would}");
    }

    private static (string Text, bool IsRefused) Would(BudgetStanding standing, in BudgetDemand demand, bool hasRequest, BudgetOptions options)
    {
        var (budget, model) = (standing.Budget, demand.Model!);
        if (budget.Thresholds.Any(t => t.Forbids(model) && budget.IsReached(t, standing.Counted)))
            return ("be refused: its model is forbidden, unless a route takes it to another", true);
        if (budget.HardLimit is { } limit)
        {
            if (hasRequest && demand.Need is null && options.OnUnpriced == BudgetDoubt.Refuse)
                return ($"be refused: {demand.WhyUnbounded}", true);
            var need = demand.Need ?? Money.Zero;
            if (standing.Counted + need > limit || (!hasRequest && standing.Counted >= limit))
                return ("be refused: the limit is used up", true);
            if (standing.Counted + standing.Held + need > limit)
                return ("wait for calls under way to cost less than is held for them", false);
        }
        return budget.Thresholds.Any(t => t.Action == BudgetAction.Cheaper && budget.IsReached(t, standing.Counted))
            ? ("be sent, by the cheapest model of its route where it has one", false)
            : ("be sent", false);
    }
}
