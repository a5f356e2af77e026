namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Where something stands in a request's body. The default is nowhere: no JSON value is empty.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct ByteRange(int Start, int Length)
{
    public bool IsNone => Length == 0;

    /// <summary>Offset of the first byte behind it.</summary>
    public int End => Start + Length;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> body) => body.Slice(Start, Length);

    internal static ByteRange Between(long start, long end) => new((int)start, (int)(end - start));
}
