using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using Sluice.Commands.Budgets;
using Sluice.Configuration;
using Sluice.Core.Budgets;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Hosting;
using Sluice.Output;

namespace Sluice.Commands.Keys;

/// <summary><c>sluice keys show</c>: the limits, quotas and budgets that calls of a key meet.</summary>
internal static class ShowCommand
{
    public static Command Create(TimeProvider time)
    {
        var id = new Argument<string>("key_id") { Description = "The id of the key, as 'sluice keys list' shows it." };
        var config = BudgetsCommand.Config();
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("show", """
            Show the limits, quotas and budgets that calls of a key meet or may meet, and how its budgets stand. The column calls says
            which of its calls, where not all: those of some models, or with a tag that the key leaves to the call. Limits and quotas
            stand in the configuration file, so --config has to name it. Exits with 1 where there is no such key.

            Examples:
              sluice keys show SLCEX3WPVYBCMNOKHT5Q --config sluice.yaml
              sluice keys show SLCEX3WPVYBCMNOKHT5Q --config sluice.yaml --format json
            """)
        { id, config, data, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (wanted, directory) = (parsed.GetValue(id)!, parsed.GetValue(data)!);
            if (KeyRing.Open(directory, TimeProvider.System).Keys.FirstOrDefault(k => k.KeyId == wanted) is not { } key)
                return KeysCommand.NoSuchKey(wanted, directory);
            await using var state = BudgetState.Open(parsed.GetValue(config), directory);
            var book = await state.BookAsync(time, cancellationToken);
            var table = new Listing("kind", "name", "calls", "counted_per", "limit", "now");
            AddLimits(table, state.Options.Limits, key);
            AddBudgets(table, book, key, time.GetUtcNow());
            table.Write(Console.Out, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void AddLimits(Listing table, LimitOptions limits, SluiceKey key)
    {
        foreach (var rule in limits.Rules)
        {
            var scope = rule.Scope;
            if (Fits(scope.KeyId, key.KeyId) && MayFit(key, "app", scope.App) && MayFit(key, "task", scope.Task) && MayFit(key, "team", rule.Team))
            {
                table.Add(
                    "limit", rule.Name, Calls(("models", scope.Models), Open(key, "app", scope.App), Open(key, "task", scope.Task), Open(key, "team", rule.Team)),
                    LimitsReader.Pers.First(p => p.Value == rule.Per).Key, Amounts(rule.RequestsPerMinute, rule.TokensPerMinute, rule.Concurrency), null);
            }
        }
        foreach (var quota in limits.Quotas)
        {
            var sharer = quota.ShareBy switch { LimitPer.Key => key.KeyId, LimitPer.App => key.Tags.GetValueOrDefault("app"), _ => key.Tags.GetValueOrDefault("team") };
            var share = sharer is null ? 1 : quota.Shares.GetValueOrDefault(sharer, 1);
            table.Add(
                "quota", quota.Name, Calls(("models", quota.Models), ("upstream", quota.Upstream)),
                string.Create(CultureInfo.InvariantCulture, $"all, turns by {LimitsReader.Pers.First(p => p.Value == quota.ShareBy).Key} with share {share}"),
                Amounts(quota.RequestsPerMinute, quota.TokensPerMinute, null), null);
        }
    }

    private static void AddBudgets(Listing table, BudgetBook book, SluiceKey key, DateTimeOffset now)
    {
        foreach (var standing in book.StandingsOf(new BudgetDemand(key.KeyId, key.Tags, Model: null, now)))
            Add(standing.Budget, standing);
        foreach (var budget in book.Budgets.Where(b => b.Scope.Kind == BudgetScopeKind.Model && !b.Scope.IsEach))
            Add(budget, null);

        void Add(Budget budget, BudgetStanding? standing) => table.Add(
            "budget", budget.Name, budget.Scope.ToString(), budget.Scope.IsEach ? "each" : "all", $"{budget.Limit} USD, {budget.Window}; {string.Join(", ", budget.Thresholds)}",
            standing is null ? null : $"{standing.Counted} USD spent, {standing.Held} held");
    }

    /// <summary>Whether calls of the key can have the tag: it gives it itself, or leaves it to the call.</summary>
    private static bool MayFit(SluiceKey key, string tag, string? pattern) => !key.Tags.TryGetValue(tag, out var own) || Fits(pattern, own);

    private static bool Fits(string? pattern, string value) => pattern is null || FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: true);

    private static (string, string?) Open(SluiceKey key, string tag, string? pattern) => (tag, key.Tags.ContainsKey(tag) ? null : pattern);

    private static string Calls(params (string Name, string? Pattern)[] parts) =>
        string.Join(", ", parts.Where(p => p.Pattern is not null).Select(p => $"{p.Name} {p.Pattern}")) is { Length: > 0 } some ? some : "all";

    private static string Amounts(long? requests, long? tokens, int? concurrency) => string.Join(", ", new[]
    {
        requests is null ? null : string.Create(CultureInfo.InvariantCulture, $"{requests} requests per minute"),
        tokens is null ? null : string.Create(CultureInfo.InvariantCulture, $"{tokens} tokens per minute"),
        concurrency is null ? null : string.Create(CultureInfo.InvariantCulture, $"{concurrency} calls at once"),
    }.Where(part => part is not null));
}
