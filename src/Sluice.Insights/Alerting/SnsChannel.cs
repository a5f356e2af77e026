using System.Text;

namespace Sluice.Insights.Alerting;

/// <summary>Publishes to an SNS topic (API of 2010-03-31), signed by this process's AWS credentials.</summary>
internal sealed class SnsChannel(ChannelOptions options, SignRequest sign) : IAlertChannel
{
    public async Task SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        var topic = options.Topic!;
        var region = SnsTopic.RegionOf(topic)!;
        var fields = new List<KeyValuePair<string, string>>
        {
            new("Action", "Publish"),
            new("Version", "2010-03-31"),
            new("TopicArn", topic),
            new("Subject", SubjectOf(message.Alert.Title)),
            new("Message", message.ToText()),
            new("MessageAttributes.entry.1.Name", "kind"),
            new("MessageAttributes.entry.1.Value.DataType", "String"),
            new("MessageAttributes.entry.1.Value.StringValue", Core.Alerts.AlertKinds.Name(message.Alert.Kind)),
        };
        // A topic that keeps order also drops what it was told in the five minutes before.
        if (topic.EndsWith(".fifo", StringComparison.Ordinal))
            fields.AddRange([new("MessageGroupId", "sluice"), new("MessageDeduplicationId", message.Id)]);
        var body = Encoding.ASCII.GetBytes(string.Join('&', fields.Select(f => Uri.EscapeDataString(f.Key) + "=" + Uri.EscapeDataString(f.Value))));
        using var request = HttpPost.Request(Address(topic, region), body, "application/x-www-form-urlencoded");
        await sign(request, body, region, "sns", cancellationToken);
        await HttpPost.SendAsync(request, CodeOf, cancellationToken);
    }

    private Uri Address(string topic, string region) =>
        options.Endpoint ?? new Uri($"https://sns.{region}.amazonaws.com{(topic.StartsWith("arn:aws-cn:", StringComparison.Ordinal) ? ".cn" : "")}/");

    /// <summary>SNS takes up to 99 characters of ASCII without control characters.</summary>
    private static string SubjectOf(string title)
    {
        var subject = string.Concat(title.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return subject.Length <= 99 ? subject : subject[..96] + "...";
    }

    /// <summary>What stands in <c>&lt;Code&gt;</c> of an error.</summary>
    private static string? CodeOf(string xml)
    {
        var from = xml.IndexOf("<Code>", StringComparison.Ordinal);
        var to = from < 0 ? -1 : xml.IndexOf("</Code>", from, StringComparison.Ordinal);
        return to < 0 ? null : xml[(from + 6)..to];
    }
}

/// <summary>Names of SNS topics.</summary>
public static class SnsTopic
{
    /// <summary>The region of <c>arn:aws:sns:REGION:ACCOUNT:NAME</c>; null for what is no such ARN.</summary>
    public static string? RegionOf(string topic) => topic.Split(':') is ["arn", _, "sns", { Length: > 0 } region, { Length: > 0 }, { Length: > 0 }] ? region : null;
}
