using System.Collections.Immutable;
using Sluice.Core.Invocations;

namespace Sluice.Core.Savings;

/// <summary>
/// From what a call cost back to what it would have cost as the caller sent it. The levers are undone from the last to the
/// first; each one's saving is the difference that it makes at its place, less what it caused. So the savings add up to
/// baseline minus cost exactly, whatever the levers did to each other.
/// </summary>
public sealed record Waterfall
{
    /// <summary>Null where the cost or a price on the way is not known.</summary>
    public required Money? Baseline { get; init; }

    /// <summary>In the order of the pipeline. A saving is null where a price that it needs is not known.</summary>
    public required ImmutableArray<Decision> Decisions { get; init; }

    /// <summary>The call as it came to each lever, in the order of <see cref="Decisions"/>; null where that is not known.</summary>
    public required ImmutableArray<CallShape?> Before { get; init; }

    /// <param name="final">The call as it was answered; a usage of nothing where Sluice answered by itself.</param>
    /// <param name="cost">All that was billed for it, every attempt included; null where that is not known.</param>
    /// <param name="effects">In the order of the pipeline.</param>
    /// <param name="price">The money of a shape at the time of the call, null where it has no price.</param>
    public static Waterfall Of(CallShape final, Money? cost, IReadOnlyList<LeverEffect> effects, Func<CallShape, Money?> price)
    {
        var decisions = ImmutableArray.CreateBuilder<Decision>(effects.Count);
        var before = ImmutableArray.CreateBuilder<CallShape?>(effects.Count);
        CallShape? shape = final;
        var finalPrice = price(final);
        var shapePrice = finalPrice;
        var caused = Money.Zero;
        for (var i = effects.Count - 1; i >= 0; i--)
        {
            var effect = effects[i];
            var other = shape is null ? null : effect.Convert(shape);
            var otherPrice = other is null ? null : price(other);
            decisions.Insert(0, new Decision(effect.Lever, Saving(effect, shapePrice, otherPrice), effect.Why)
            {
                IsShadow = effect.IsShadow,
                IsEstimated = shape is { IsEstimated: true } || other is { IsEstimated: true },
            });
            if (!effect.IsShadow)
            {
                (shape, shapePrice) = (other, otherPrice);
                caused += effect.Caused;
            }
            before.Insert(0, shape);
        }
        return new Waterfall
        {
            // What was billed beyond the final attempt and not by a lever, such as a reply that broke off, stays in the baseline.
            // With a saving that is not known there would be a sum that the known ones don't add up to.
            Baseline = decisions.Any(d => d is { IsShadow: false, Saving: null }) ? null : shapePrice + (cost - finalPrice - caused),
            Decisions = decisions.MoveToImmutable(),
            Before = before.MoveToImmutable(),
        };
    }

    private static Money? Saving(LeverEffect effect, Money? shape, Money? other) =>
        effect.IsShadow ? shape - other : other - shape - effect.Caused;
}
