namespace Sluice.Bedrock.Inflating;

/// <summary>One coding, decoded piece by piece.</summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Decodes as much as there is room for.</summary>
    /// <param name="source">What has come and was not consumed.</param>
    /// <param name="target">Where to write.</param>
    /// <returns>False where the bytes are not of the coding.</returns>
    bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written);
}
