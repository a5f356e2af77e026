using System.Collections.Immutable;

namespace Sluice.Core.Savings;

/// <summary>What a saving's percentage is a percentage of.</summary>
public enum SavingBasis
{
    /// <summary>The spend before any lever: the parts add up to the sum of the percentages.</summary>
    Original,

    /// <summary>What the levers before it left: the later of two equal percentages saves less money.</summary>
    Remaining,
}

/// <summary>The money that one lever took off, in the order in which the levers were applied.</summary>
public sealed record SavingPart(string Lever, decimal Fraction, Money Saved);

/// <summary>
/// Several percentage savings on one spend. The same percentages mean different money on each base, so the base is always
/// named, and the parts always add up to the difference between before and after.
/// </summary>
public sealed record CompoundedSaving(SavingBasis Base, Money Before, ImmutableArray<SavingPart> Parts)
{
    public Money Saved => Parts.Aggregate(Money.Zero, (sum, part) => sum + part.Saved);

    public Money After => Before - Saved;

    /// <param name="before">The spend that the first lever meets.</param>
    /// <param name="savingBase">What each fraction is a fraction of.</param>
    /// <param name="levers">Each lever with its fraction, from 0 to 1, in the order of application.</param>
    /// <exception cref="ArgumentException">A fraction lies outside 0 to 1, or all together save more than there is.</exception>
    public static CompoundedSaving Of(Money before, SavingBasis savingBase, params IEnumerable<(string Lever, decimal Fraction)> levers)
    {
        var left = before;
        var parts = ImmutableArray.CreateBuilder<SavingPart>();
        foreach (var (lever, fraction) in levers)
        {
            if (fraction is < 0 or > 1)
                throw new ArgumentException($"The saving of {lever} is {fraction}; a fraction lies between 0 and 1.", nameof(levers));
            var saved = Money.FromUsd((savingBase == SavingBasis.Original ? before : left).Usd * fraction);
            left -= saved;
            parts.Add(new SavingPart(lever, fraction, saved));
        }
        if (left < Money.Zero)
            throw new ArgumentException("The savings come to more than the spend; fractions of the original spend can't add up to more than 1.", nameof(levers));
        return new CompoundedSaving(savingBase, before, parts.ToImmutable());
    }
}
