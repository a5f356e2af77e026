namespace Sluice.Core.Metering.Estimating;

/// <summary>A count of tokens that nobody measured, with its error.</summary>
/// <param name="Kind">What the text is made of; of a sum, what most of it is made of.</param>
/// <param name="RelativeError">Nine times of ten the true count is off by at most this share, 0.12 being ±12 %.</param>
public readonly record struct TokenEstimate(ContentKind Kind, long Tokens, double RelativeError)
{
    public long Low => (long)Math.Floor(Tokens * Math.Max(0, 1 - RelativeError));

    public long High => (long)Math.Ceiling(Tokens * (1 + RelativeError));
}
