using Sluice.Core.Alerts;

namespace Sluice.Insights.Alerting;

public enum DeliveryState
{
    /// <summary>It is tried until it is taken.</summary>
    Waiting,
    Delivered,

    /// <summary>Nobody took it within a week. It can be sent again.</summary>
    GivenUp,
}

/// <summary>An alert on its way through one channel.</summary>
/// <param name="Tries">Made so far.</param>
/// <param name="NextAt">When it is tried again; null for one that is not.</param>
/// <param name="Error">Why the last try failed; null where none did.</param>
public sealed record Delivery(string Channel, DeliveryState State, int Tries, DateTimeOffset? NextAt, DateTimeOffset? DeliveredAt, string? Error);

/// <summary>An alert of the outbox with all its deliveries; none where no channel takes its kind.</summary>
public sealed record KeptAlert(Alert Alert, DateTimeOffset RaisedAt, IReadOnlyList<Delivery> Deliveries)
{
    public string Id { get; } = new AlertMessage(Alert).Id;
}

/// <summary>What has not arrived.</summary>
/// <param name="OldestAt">When the oldest that waits was raised; null where none waits.</param>
public sealed record OutboxBacklog(int Waiting, DateTimeOffset? OldestAt, int GivenUp);
