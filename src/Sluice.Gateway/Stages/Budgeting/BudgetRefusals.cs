using System.Globalization;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Errors;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>The words in which budgets turn calls down. No AWS SDK, nor those of OpenAI and Anthropic, tries a status of 400 again.</summary>
internal static class BudgetRefusals
{
    /// <summary>The error under which the ledger has the call.</summary>
    public const string Error = "budget_exceeded";

    public static RefusedException Exceeded(BudgetStanding standing, Money need, bool waited) => Refused(
        $"The budget {standing.Title} ({standing.Budget.Scope}) has {Usd(standing.Budget.HardLimit ?? standing.Budget.Limit)} a {standing.Budget.Window.Period.ToString().ToLowerInvariant()}: "
        + $"{Usd(standing.Spent)} {(standing.Unknown > Money.Zero ? $"are spent, {Usd(standing.Unknown)} more count for calls of unknown cost" : "are spent")}, {Usd(standing.Held)} are held for calls under way, and this call may cost up to {Usd(need)}. "
        + $"{(waited ? "It waited in vain for others to cost less. " : "")}{Resets(standing)} Raise the limit with 'sluice budgets set', or ask for fewer maxTokens.");

    public static RefusedException Forbidden(BudgetStanding standing, BudgetThreshold threshold, string model) => Refused(
        $"The budget {standing.Title} ({standing.Budget.Scope}) forbids {model} from {threshold.Percent:0.##} % on: {Usd(standing.Counted)} of {Usd(standing.Budget.Limit)} are spent. {Resets(standing)} Use another model, or raise the limit with 'sluice budgets set'.");

    public static RefusedException Unpriced(BudgetStanding standing, string? model, string why) => Refused(
        $"The budget {standing.Title} ({standing.Budget.Scope}) of {Usd(standing.Budget.Limit)}, {Usd(standing.Spent)} of which are spent, can't hold money for a call of {model ?? "an operation without a model"}: {why}. {Resets(standing)} "
        + "Give its price under prices.file, or let such calls pass with budget_state.unpriced: pass.");

    /// <summary>SDKs do try this one again, and should.</summary>
    public static RefusedException StateLost(string cause) => new(
        Refusal.Unavailable($"The call was not sent because its budget can't be asked: {cause} Mend that, or let calls pass meanwhile with budget_state.on_loss: pass."), "budget_state_lost");

    private static RefusedException Refused(string message) => new(Refusal.QuotaExceeded(message), Error);

    private static string Resets(BudgetStanding standing) =>
        string.Create(CultureInfo.InvariantCulture, $"{(standing.Budget.Window.IsRolling ? "Room comes back from" : "It resets at")} {standing.FreesAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}{(standing.Budget.Window.IsRolling ? " on" : "")}.");

    private static string Usd(Money amount) => $"{amount} USD";
}
