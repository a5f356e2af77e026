using Sluice.Bedrock.Replies;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway.Stages.Budgeting;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>Why nobody knows what an attempt cost, in words that stand in the ledger.</summary>
internal static class UnknownCost
{
    /// <param name="request">What was sent.</param>
    /// <param name="reading">What the reply said; null where none came.</param>
    /// <param name="cost">What could be priced; null where the usage is not known.</param>
    public static string? Why(InvocationRequest request, ReplyReading? reading, Cost? cost) => (reading, cost) switch
    {
        ({ IsPending: true }, _) => "the answer is still being made; a later read of its id tells its usage",
        ({ IsUnreadable: true }, null) => "the reply is compressed in a way that can't be read",
        (_, null) => reading is null ? null : "the reply does not tell what it used",
        ({ UnknownUse: { } name }, _) => $"the reply says that '{name}' was used, for which there is no price",
        _ when (reading?.ResolvedTier ?? request.Facts.Tier) == ServiceTier.Unknown => $"the service tier '{reading?.TierName ?? request.Facts.TierName}' is not known",
        _ => $"there is no price for its {string.Join(", ", cost.Unpriced.Select(k => k.Name()))}",
    };

    /// <summary>
    /// What is billed by the length of sound or video in the request, which no reply tells: the price book has a price for it, and the usage has
    /// nothing of it. Null for other calls.
    /// </summary>
    public static UsageKind? LengthOf(InvocationRequest request, Usage usage, PriceSheet sheet) =>
        usage.Count(UsageKind.InputAudioSecond) + usage.Count(UsageKind.InputVideoSecond) == 0 && PromptBound.IsBilledByLength(request.Readable.Span, sheet)
            ? sheet.Bands(UsageKind.InputVideoSecond).Length > 0 ? UsageKind.InputVideoSecond : UsageKind.InputAudioSecond
            : null;
}
