using System.Text.Json;
using Sluice.Core.Alerts;

namespace Sluice.Insights.Alerting;

/// <summary>The JSON of Slack's incoming webhooks, which Mattermost, Rocket.Chat and Discord (under <c>/slack</c>) take too.</summary>
internal sealed class SlackChannel(ChannelOptions options) : IAlertChannel
{
    /// <summary>Slack takes 3,000 characters in a section.</summary>
    private const int MaxText = 2_900;

    public async Task SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        var alert = message.Alert;
        var facts = string.Join('\n', alert.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}: {f.Value}").Append($"{alert.Kind.Name()}, {message.Stamp}"));
        var body = new SlackBody(
            Escape($"{alert.Title} What to do: {alert.Advice}"),
            [Section($"*{Escape(alert.Title)}*"), Section($"*What to do:* {Escape(alert.Advice)}"), Section(Escape(facts))]);
        using var request = HttpPost.Request(new Uri(options.Url!.Reveal()), JsonSerializer.SerializeToUtf8Bytes(body, AlertJson.Readable.SlackBody), "application/json");
        await HttpPost.SendAsync(request, explain: null, cancellationToken);
    }

    private static SlackBlock Section(string text) => new("section", new SlackText("mrkdwn", text.Length <= MaxText ? text : text[..MaxText]));

    /// <summary>Slack's three control characters (docs.slack.dev, "Formatting text"), so that a subject can't mention everybody.</summary>
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
