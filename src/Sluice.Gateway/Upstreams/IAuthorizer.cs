namespace Sluice.Gateway.Upstreams;

/// <summary>A request as it is about to leave: what a signature is computed over.</summary>
/// <param name="Headers">Authorisers add and remove fields here.</param>
public sealed record OutboundRequest(string Method, Uri Address, HeaderList Headers, ReadOnlyMemory<byte> Body)
{
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), Address);
        if (!Body.IsEmpty || Headers["Content-Length"] is not null)
            message.Content = new ReadOnlyMemoryContent(Body);
        foreach (var (name, value) in Headers)
        {
            // The handler states the length itself, from the body that really leaves.
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }
}

/// <summary>A way to prove to an upstream who calls. The caller's own credential has been removed where it is Sluice's.</summary>
public interface IAuthorizer
{
    ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken);
}

/// <summary>Leaves the request as the caller made it.</summary>
public sealed class PassThroughAuthorizer : IAuthorizer
{
    public ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>Replaces whatever the caller sent by a Bedrock API key.</summary>
public sealed class BearerAuthorizer(string token) : IAuthorizer
{
    public ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        CallerCredentials.Strip(request.Headers);
        request.Headers.Add("Authorization", "Bearer " + token);
        return ValueTask.CompletedTask;
    }
}
