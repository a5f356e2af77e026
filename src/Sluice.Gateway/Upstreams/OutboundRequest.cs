using System.Net.Http.Headers;
using System.Text;
using Sluice.Gateway.Errors;

namespace Sluice.Gateway.Upstreams;

/// <summary>
/// A request as it is about to leave. The message is made first, and a signature is computed over what the message holds:
/// whatever the client joins, adds or leaves out, what is signed is what is sent.
/// </summary>
public sealed class OutboundRequest : IDisposable
{
    private OutboundBody? _content;

    /// <exception cref="RefusedException">A header can't be written.</exception>
    public OutboundRequest(string method, Uri address, HeaderList headers, ReadOnlyMemory<byte> body)
    {
        Body = body;
        Message = new HttpRequestMessage(new HttpMethod(method), address);
        // Stated here, so that no client has a word in it: HTTP/1.1 sends it as Host and HTTP/2 as :authority.
        Message.Headers.Host = address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";
        if (!body.IsEmpty)
            AddContent();
        foreach (var (name, value) in headers)
        {
            // The client states the length itself, from the body that really leaves.
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                AddContent();
            else
                Add(name, value);
        }
    }

    public HttpRequestMessage Message { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Nothing that an upstream could run has left. Unknown, and so false, for a request without a body.</summary>
    public bool HasNotLeft => _content is { HasBegun: false };

    /// <summary>Adds a field.</summary>
    /// <exception cref="RefusedException">It can't be written.</exception>
    public void Add(string name, string value)
    {
        if (HeaderBytes.IndexOfUnsendable(value) is >= 0 and var at)
            throw Unsendable($"The header '{name}' can't be sent on: it holds the control character 0x{(int)value[at]:X2}; remove it.");
        // What describes a body is kept with it, even with an empty one.
        if (!Message.Headers.TryAddWithoutValidation(name, value) && !AddContent().Headers.TryAddWithoutValidation(name, value))
            throw Unsendable($"The header '{name}' can't be sent on: HTTP has no such field in a request; remove it.");
    }

    /// <summary>The fields that a signature covers, each name once, with the value as the client will write it.</summary>
    public HeaderList SignedFields()
    {
        var signed = new HeaderList();
        CopySigned(Message.Headers.NonValidated, signed);
        if (_content is null)
            return signed;
        // Asking for the length puts it among the fields.
        _ = _content.Headers.ContentLength;
        CopySigned(_content.Headers.NonValidated, signed);
        return signed;
    }

    public void Dispose() => Message.Dispose();

    /// <summary>The refusal of a request that can't be written: a fault of the request, which no other attempt mends.</summary>
    public static RefusedException Unsendable(string message) => new(Refusal.Validation(message), "unsendable_request");

    private static void CopySigned(HttpHeadersNonValidated from, HeaderList to)
    {
        foreach (var (name, values) in from)
        {
            var value = values.ToString();
            // Signers disagree on how bytes beyond ASCII are hashed, so a value with any leaves unsigned.
            if (HeaderPolicy.Of(name) == HeaderFate.Signed && Ascii.IsValid(value))
                to.Add(name, value);
        }
    }

    private OutboundBody AddContent()
    {
        _content ??= new OutboundBody(Body);
        Message.Content = _content;
        return _content;
    }
}
