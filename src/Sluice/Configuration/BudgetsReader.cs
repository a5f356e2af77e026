using System.Collections.Immutable;
using Npgsql;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;

namespace Sluice.Configuration;

/// <summary>Reads <c>budgets</c> and <c>budget_state</c>.</summary>
internal static class BudgetsReader
{
    public const string ScopeForm = "all, or key:ID, app:NAME, team:NAME, task:NAME, model:PATTERN or tag:NAME=VALUE, with 'each' for the value to give each its own limit";

    public static readonly IReadOnlyDictionary<string, BudgetPeriod> Periods =
        Enum.GetValues<BudgetPeriod>().ToDictionary(p => p.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly Dictionary<string, BudgetDoubt> Doubts = new(StringComparer.Ordinal) { ["refuse"] = BudgetDoubt.Refuse, ["pass"] = BudgetDoubt.Pass };

    private static readonly Dictionary<string, BudgetAction> Actions =
        Enum.GetValues<BudgetAction>().ToDictionary(a => a.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static ImmutableArray<Budget> Read(YamlSection top)
    {
        var budgets = ImmutableArray.CreateBuilder<Budget>();
        foreach (var section in top.Sections("budgets"))
        {
            if (Budget(section) is { } budget)
            {
                if (budgets.Any(b => b.Name == budget.Name))
                    section.Report("name", $"is '{budget.Name}', which another budget has already; names must differ");
                budgets.Add(budget);
            }
            section.RejectUnknown();
        }
        return budgets.ToImmutable();
    }

    public static BudgetStateSettings State(YamlSection? section)
    {
        var defaults = new BudgetOptions();
        if (section is null)
            return new BudgetStateSettings();
        var postgres = section.Text("postgres");
        if (postgres is not null && WhyNoConnection(postgres) is { } why)
            section.Report("postgres", $"is no connection string such as 'Host=db;Database=sluice;Username=sluice' ({why})");
        var settings = new BudgetStateSettings
        {
            Postgres = postgres,
            Patience = section.Duration("patience", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)) ?? new BudgetStateSettings().Patience,
            Options = new BudgetOptions
            {
                OnStateLoss = section.Choice("on_loss", Doubts) ?? defaults.OnStateLoss,
                OnUnpriced = section.Choice("unpriced", Doubts) ?? defaults.OnUnpriced,
                MaxWait = section.Duration("wait", TimeSpan.Zero, TimeSpan.FromMinutes(10)) ?? defaults.MaxWait,
            },
        };
        section.RejectUnknown();
        return settings;
    }

    private static Budget? Budget(YamlSection section)
    {
        var name = section.Text("name");
        if (string.IsNullOrWhiteSpace(name))
            section.Report("name", "is missing; alerts and refusals call the budget by it");
        var limit = section.Decimal("limit", 0, Core.Budgets.Budget.MaxLimit.Usd);
        if (limit is null && !section.Has("limit"))
            section.Report("limit", "is missing; it is the dollars that may be spent in a window, such as 500");
        var scope = BudgetScope.TryParse(section.Text("scope") ?? "all");
        if (scope is null)
            section.Report("scope", $"is '{section.Text("scope")}'; it must be {ScopeForm}");
        var period = section.Choice("window", Periods) ?? BudgetPeriod.Month;
        var zone = TimeZoneInfo.Utc;
        if (section.Text("time_zone") is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone))
            section.Report("time_zone", $"is '{id}', which this machine does not know; write one such as Europe/Berlin");
        var thresholds = section.Sections("at").Select(Threshold).OfType<BudgetThreshold>().ToImmutableArray();
        var rolling = section.Flag("rolling") ?? false;
        return name is null || limit is not { } usd || scope is null || zone is null ? null : new Budget
        {
            Name = name,
            Scope = scope,
            Limit = Money.FromUsd(usd),
            Window = new BudgetWindow(period, rolling, zone),
            Thresholds = section.Has("at") ? thresholds : BudgetThreshold.Defaults,
        };
    }

    private static BudgetThreshold? Threshold(YamlSection section)
    {
        var percent = section.Decimal("percent", 0.0001m, 1000);
        if (percent is null && !section.Has("percent"))
            section.Report("percent", "is missing; it is the share of the limit from which the action holds, such as 80");
        var action = section.Choice("do", Actions) ?? BudgetAction.Alert;
        ImmutableArray<string> models = [.. section.Texts("models") ?? []];
        if (action == BudgetAction.Forbid && models.IsEmpty)
            section.Report("models", "is missing; it lists the models that are forbidden, such as '*opus*'");
        if (action != BudgetAction.Forbid && !models.IsEmpty)
            section.Report("models", "stands with an action that knows no models; it belongs to 'do: forbid'");
        section.RejectUnknown();
        return percent is { } share ? new BudgetThreshold(share, action, models) : null;
    }

    private static string? WhyNoConnection(string text)
    {
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host) ? "it names no Host" : null;
        }
        catch (Exception e)
        {
            // Npgsql throws whatever comes of the text: ArgumentException, FormatException, KeyNotFoundException.
            return e.Message;
        }
    }
}
