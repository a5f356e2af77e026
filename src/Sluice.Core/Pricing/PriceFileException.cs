namespace Sluice.Core.Pricing;

/// <summary>One fault of a price file: where it is, what stands there and how to put it right.</summary>
public sealed record PriceFileError(string Place, string Column, string Value, string Fix)
{
    public override string ToString() => Value.Length == 0 ? $"{Place}: {Column}: {Fix}" : $"{Place}: {Column} '{Value}': {Fix}";
}

/// <summary>A price file can't be used. All of its faults are reported together, so that one pass of corrections is enough.</summary>
public sealed class PriceFileException(IReadOnlyList<PriceFileError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Select(e => e.ToString())))
{
    public IReadOnlyList<PriceFileError> Errors { get; } = errors;
}
