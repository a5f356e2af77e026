namespace Sluice.Gateway.Upstreams;

/// <summary>A way to prove to an upstream who calls.</summary>
public interface IAuthorizer
{
    /// <summary>Whether the upstream is called as us: then no credential of the caller leaves.</summary>
    bool ReplacesCaller { get; }

    /// <summary>Adds the credential.</summary>
    ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken);
}

/// <summary>Leaves the request as the caller made it.</summary>
public sealed class PassThroughAuthorizer : IAuthorizer
{
    public bool ReplacesCaller => false;

    public ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>Replaces whatever the caller sent by a Bedrock API key.</summary>
public sealed class BearerAuthorizer(string token) : IAuthorizer
{
    private readonly string _value = "Bearer " + token.Trim();

    public bool ReplacesCaller => true;

    public ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        request.Add("Authorization", _value);
        return ValueTask.CompletedTask;
    }
}
