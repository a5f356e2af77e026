using System.Net;

namespace Sluice.Gateway.Upstreams;

/// <summary>
/// The body of a request, which knows whether it has begun to leave. A client writes it after the headers, so before that
/// moment no upstream can have got a request that it could run and bill.
/// </summary>
internal sealed class OutboundBody(ReadOnlyMemory<byte> bytes) : HttpContent
{
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _hasBegun = true;
        return stream.WriteAsync(bytes, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
