using Sluice.Gateway.Edge;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Sending;

/// <summary>What of a caller's request travels on: header fields and query, without any credential that is not the upstream's.</summary>
internal static class OutboundHeaders
{
    public static HeaderList From(Invocation invocation)
    {
        var sent = invocation.Request.Headers;
        var isPaidByUs = invocation.Upstream.ReplacesCaller;
        var isSignedForUs = CredentialText.Find(sent["Authorization"] ?? "").Any(c => c.Form == CredentialForm.Signature);
        var ending = HeaderPolicy.NamedByConnection(sent);
        var headers = new HeaderList(sent.Count + 4);
        foreach (var (name, value) in sent)
        {
            var fate = HeaderPolicy.Of(name);
            // The host is the connection's.
            if (fate == HeaderFate.Stays || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                || (fate == HeaderFate.Credential && (isPaidByUs || (isSignedForUs && HeaderPolicy.IsPartOfSignature(name))))
                || ending?.Contains(name) == true || CredentialText.IsIn(value))
                continue;
            headers.Add(name, value);
        }
        // AWS's own name for "one call through all its retries"; it ties the upstream's log to our ledger.
        if (headers["amz-sdk-invocation-id"] is null)
            headers.Add("amz-sdk-invocation-id", invocation.Id);
        return headers;
    }

    /// <summary>Path and query as they came, but for the parameters that are a credential.</summary>
    public static RequestTarget Target(Invocation invocation)
    {
        var target = invocation.Request.Target;
        if (target.Query.IsEmpty)
            return target;
        var query = target.Query.ToString().Split('&');
        var isSignature = invocation.Upstream.ReplacesCaller
            || query.Any(p => CredentialText.Find(p).Any(c => c.Form == CredentialForm.Signature));
        string[] kept = [.. query.Where(p => !CredentialText.IsIn(p) && !(isSignature && IsOfSignature(p)))];
        return kept.Length == query.Length ? target
            : RequestTarget.Of(kept.Length == 0 ? target.Path.ToString() : $"{target.Path}?{string.Join('&', kept)}");
    }

    private static bool IsOfSignature(string parameter)
    {
        var name = Uri.UnescapeDataString(parameter.Split('=', 2)[0]);
        return name.Equals("X-Amz-Algorithm", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-Credential", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-Date", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-Expires", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-SignedHeaders", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-Security-Token", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-Content-Sha256", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amz-Signature", StringComparison.OrdinalIgnoreCase);
    }
}
