using System.Collections.Immutable;
using Sluice.Core.Alerts;

namespace Sluice.Insights.Alerting;

/// <summary>Where alerts go.</summary>
public sealed record AlertOptions
{
    public ImmutableArray<ChannelOptions> Channels { get; init; } = [];
}

/// <summary>How a channel delivers.</summary>
public enum ChannelType
{
    Webhook,
    Slack,
    Sns,
    Smtp,
}

/// <summary>One channel; which of the rest it needs is a matter of its type.</summary>
public sealed record ChannelOptions
{
    /// <summary>What listings and the outbox call it; no other has it.</summary>
    public required string Name { get; init; }

    public required ChannelType Type { get; init; }

    /// <summary>The kinds that it takes; empty for all.</summary>
    public ImmutableArray<AlertKind> Kinds { get; init; } = [];

    /// <summary>Webhook and Slack. Of Slack it is itself a credential.</summary>
    public SecretText? Url { get; init; }

    /// <summary>What webhooks are signed with.</summary>
    public SecretText? Secret { get; init; }

    /// <summary>The ARN of an SNS topic.</summary>
    public string? Topic { get; init; }

    /// <summary>Where SNS is, in the place of AWS's own address.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The mail server.</summary>
    public string? Host { get; init; }

    public int Port { get; init; } = 587;

    /// <summary>The mail server has to offer STARTTLS with a certificate that this machine trusts.</summary>
    public bool UseTls { get; init; } = true;

    public string? User { get; init; }

    public SecretText? Password { get; init; }

    public string? From { get; init; }

    public ImmutableArray<string> To { get; init; } = [];

    public bool Takes(AlertKind kind) => kind == AlertKind.Test || Kinds.IsEmpty || Kinds.Contains(kind);

    /// <summary>What keeps the channel from being used here: a secret that is not where it should be; null for nothing.</summary>
    public string? Trouble()
    {
        try
        {
            _ = (Secret?.Reveal(), Password?.Reveal());
            return Url is null || (Uri.TryCreate(Url.Reveal(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                ? null
                : $"The url of the channel '{Name}' is no URL such as https://host/path.";
        }
        catch (DeliveryException e)
        {
            return $"The channel '{Name}' can't be used: {e.Message}";
        }
    }
}
