using Sluice.Bedrock.Replies;

namespace Sluice.Gateway;

/// <summary>
/// What goes back to the caller, of one shape for plain and streamed calls: status, headers and a sequence of frames. A
/// frame is a run of bytes as it arrived; a plain body may be one frame or several. Each frame is valid until the next is
/// asked for. Whoever takes a reply and does not pass it on must enumerate its frames or dispose it.
/// </summary>
public sealed class Reply(int status, HeaderList headers, IAsyncEnumerable<ReadOnlyMemory<byte>> frames) : IAsyncDisposable
{
    private readonly IAsyncDisposable? _source;

    public Reply(int status, HeaderList headers, IAsyncEnumerable<ReadOnlyMemory<byte>> frames, IAsyncDisposable source)
        : this(status, headers, frames) => _source = source;

    public int Status { get; } = status;

    public HeaderList Headers { get; } = headers;

    public IAsyncEnumerable<ReadOnlyMemory<byte>> Frames { get; } = frames;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>How the body is framed, by its content type.</summary>
    public ReplyFraming Framing { get; } = ReplyFramings.Of(headers["Content-Type"]);

    /// <summary>Only the meter can read what is in the frames.</summary>
    public bool IsCompressed { get; } = headers["Content-Encoding"] is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <summary>A reply whose body is already here.</summary>
    public static Reply Plain(int status, HeaderList headers, ReadOnlyMemory<byte> body) => new(status, headers, One(body));

    /// <summary>The same as <see cref="Plain(int, HeaderList, ReadOnlyMemory{byte})"/>, over memory that <paramref name="owner"/> takes back when the reply is disposed.</summary>
    public static Reply Plain(int status, HeaderList headers, ReadOnlyMemory<byte> body, IAsyncDisposable owner) => new(status, headers, One(body), owner);

    /// <summary>The same reply with other frames, for a stage that observes or changes them.</summary>
    public Reply WithFrames(IAsyncEnumerable<ReadOnlyMemory<byte>> frames) =>
        _source is null ? new(Status, Headers, frames) : new(Status, Headers, frames, _source);

    public ValueTask DisposeAsync() => _source?.DisposeAsync() ?? ValueTask.CompletedTask;

#pragma warning disable CS1998 // An async iterator over what is already here has nothing to await.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> One(ReadOnlyMemory<byte> body)
    {
        if (!body.IsEmpty)
            yield return body;
    }
#pragma warning restore CS1998
}
