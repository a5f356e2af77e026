using System.Globalization;
using Sluice.Bedrock.Operations;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>
/// Holds the most that an attempt can cost before it leaves, in every budget that it counts for. It stands behind whatever
/// makes attempts, so retries, the steps of cascades, judges, embedders and quality samples each pay for themselves, and
/// what is answered without an upstream costs nothing.
/// </summary>
/// <param name="book">The budgets.</param>
/// <param name="prices">What attempts may cost.</param>
/// <param name="models">The models behind ARNs.</param>
public sealed class BudgetStage(BudgetBook book, PriceBook prices, ModelResolver models) : IStage
{
    public string Name => "budget";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken) =>
        book.IsEmpty || RequestBound.IsFree(invocation.Request) ? next(invocation, cancellationToken) : PayAsync(invocation, next, cancellationToken);

    private async ValueTask<Reply> PayAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var model = await models.ResolveAsync(invocation.Request.Model, invocation.Upstream);
        var attemptId = string.Create(CultureInfo.InvariantCulture, $"{invocation.Id}/{invocation.Attempts.Count + 1}");
        var hold = await book.ReserveAsync(DemandOf(invocation, model), attemptId, invocation.CallerGone);
        if (hold is null)
            return await next(invocation, cancellationToken);
        // It may have waited for longer than an upstream may be silent.
        invocation.Lifetime.Renew();
        invocation.Attempts.Payer = hold.Settle;
        try
        {
            return await next(invocation, cancellationToken);
        }
        finally
        {
            // The attempt takes its payer along when it begins. One that is still here has not begun, so nothing was sent.
            if (invocation.Attempts.Payer is not null)
            {
                invocation.Attempts.Payer = null;
                hold.Settle(Money.Zero);
            }
        }
    }

    private BudgetDemand DemandOf(Invocation invocation, ModelIdentifier? model)
    {
        var demand = BudgetDemand.Of(invocation, model?.BaseModel ?? invocation.Request.Model?.Raw);
        return demand with { Need = WorstOf(invocation, model, prices, out var why), WhyUnbounded = why };
    }

    /// <summary>The most that the next attempt of an invocation can cost; null where nothing bounds it.</summary>
    /// <param name="model">The one behind the request's identifier.</param>
    public static Money? WorstOf(Invocation invocation, ModelIdentifier? model, PriceBook prices, out string why)
    {
        var request = invocation.Request;
        var identity = new PriceIdentity
        {
            Model = ImageVariants.Of(model?.BaseModel ?? "", request.Facts, prices),
            Region = model?.Region ?? invocation.Upstream.Region,
            Profile = model?.Profile,
            Tier = request.Facts.Tier,
            LatencyOptimized = request.Facts.LatencyOptimized,
        };
        var sheet = prices.Sheet(identity, invocation.StartedAt);
        if (RequestBound.Of(invocation, sheet, out why) is not { } usage)
            return null;
        if (request.Model is not null && model?.BaseModel is null)
        {
            why = "the model behind the identifier is not known, so neither is its price";
            return null;
        }
        if (identity.Tier == ServiceTier.Unknown)
        {
            why = $"its service tier '{request.Facts.TierName}' is not known";
            return null;
        }
        if (WorstCase.Of(sheet, usage, out var unpriced) is not { } worst)
        {
            why = $"the price book has no price for its {unpriced.Name()}";
            return null;
        }
        // What does not fit into reserved capacity is served and billed as standard.
        if (identity.Tier == ServiceTier.Reserved
            && WorstCase.Of(prices.Sheet(identity with { Tier = ServiceTier.Default }, invocation.StartedAt), usage, out _) is { } standard && standard > worst)
            worst = standard;
        return worst;
    }
}
