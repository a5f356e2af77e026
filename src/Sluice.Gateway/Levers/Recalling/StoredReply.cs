using Sluice.Bedrock.Replies;

namespace Sluice.Gateway.Levers.Recalling;

/// <summary>A reply as the upstream gave it, to be given again.</summary>
/// <param name="Headers">Those that describe the answer; no request id, no date.</param>
/// <param name="IsMarked">Cache points of ours were in the request, so the counts are not those of the request as it was written.</param>
public sealed record StoredReply(int Status, KeyValuePair<string, string>[] Headers, byte[] Body, ReplyFraming Framing, bool IsMarked, DateTimeOffset StoredAt)
{
    /// <summary>About what it takes in memory.</summary>
    public long Bytes => Body.Length + (Headers.Length * 96L) + 256;

    public Reply ToReply()
    {
        var headers = new HeaderList(Headers.Length + 4);
        foreach (var (name, value) in Headers)
            headers.Add(name, value);
        return Reply.Plain(Status, headers, Body);
    }
}
