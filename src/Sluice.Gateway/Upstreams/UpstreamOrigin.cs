using Sluice.Gateway.Edge;

namespace Sluice.Gateway.Upstreams;

/// <summary>Scheme, host and port of an upstream, with the path that its paths lie below. Nothing that a caller sends changes them.</summary>
internal sealed class UpstreamOrigin
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly Uri _base;
    private readonly string _text;

    public UpstreamOrigin(Uri address)
    {
        // User, password, query and fragment are left out: no request could carry them.
        _text = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        _base = new Uri(_text + "/");
    }

    /// <summary>The address of a target below this origin, its percent-encoding untouched.</summary>
    public Uri At(RequestTarget target)
    {
        var address = new Uri(_text + target.Text, Verbatim);
        // A target can't change these by its type. Should it ever, no credential may be added to the request.
        if (address.Scheme != _base.Scheme || address.Host != _base.Host || address.Port != _base.Port || address.UserInfo.Length > 0)
            throw new InvalidOperationException($"A request target leads away from {this}; nothing was sent.");
        return address;
    }

    public override string ToString() => _text;
}
