using Sluice.Bedrock.Replies;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Gateway.Stages.Keeping;

/// <summary>One call with its bodies, on its way to the recording.</summary>
/// <param name="Record">What the ledger says of it.</param>
/// <param name="Request">The request as its caller sent it; its body is a copy.</param>
/// <param name="Reply">What the caller was sent; empty where nothing was, or more than is kept.</param>
/// <param name="Told">What the reply said it used; null where it said nothing.</param>
/// <param name="AsSent">What the call would have used as its caller sent it, where levers changed that; else null.</param>
internal sealed record KeptCall(InvocationRecord Record, InvocationRequest Request, ReadOnlyMemory<byte> Reply, ReplyFraming Framing, string? ReplyContentType, Usage? Told, Usage? AsSent)
{
    /// <summary>What it takes in memory while it waits.</summary>
    public long Bytes => Request.Body.Length + Reply.Length + 1024;
}
