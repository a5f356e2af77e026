namespace Sluice.Insights.Alerting;

/// <summary>A way to tell the owner.</summary>
internal interface IAlertChannel
{
    /// <summary>Returns when the other side has taken the alert. It may be told the same again.</summary>
    /// <exception cref="DeliveryException">It has not; the message says why, without any secret.</exception>
    Task SendAsync(AlertMessage message, CancellationToken cancellationToken);
}

/// <summary>An alert was not taken.</summary>
/// <param name="retryAfter">When the other side wants to be asked again; null where it does not say.</param>
public sealed class DeliveryException(string message, TimeSpan? retryAfter = null, Exception? innerException = null) : Exception(message, innerException)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>Signs a request for an AWS service with this process's credentials.</summary>
public delegate Task SignRequest(HttpRequestMessage request, ReadOnlyMemory<byte> body, string region, string service, CancellationToken cancellationToken);
