namespace Sluice.Insights.Alerting;

/// <summary>Makes channels of their options.</summary>
internal static class AlertChannels
{
    public static IAlertChannel Make(ChannelOptions options, SignRequest sign, TimeProvider time) => options.Type switch
    {
        ChannelType.Webhook => new WebhookChannel(options, time),
        ChannelType.Slack => new SlackChannel(options),
        ChannelType.Sns => new SnsChannel(options, sign),
        _ => new MailChannel(options),
    };
}
