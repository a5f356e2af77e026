using System.Collections.Immutable;
using System.Net.Mail;
using Sluice.Core.Alerts;
using Sluice.Insights.Alerting;

namespace Sluice.Configuration;

/// <summary>
/// Reads <c>alerts</c>: the channels. Secrets come from the environment or a file, never from the settings themselves. They are
/// read by whoever delivers: a replay elsewhere needs none.
/// </summary>
internal static class AlertsReader
{
    private static readonly Dictionary<string, ChannelType> Types = new(StringComparer.Ordinal)
    {
        ["webhook"] = ChannelType.Webhook,
        ["slack"] = ChannelType.Slack,
        ["sns"] = ChannelType.Sns,
        ["smtp"] = ChannelType.Smtp,
    };

    private static readonly Dictionary<string, bool> Tls = new(StringComparer.Ordinal) { ["starttls"] = true, ["none"] = false };

    public static AlertOptions Read(YamlSection top)
    {
        if (top.Section("alerts") is not { } section)
            return new AlertOptions();
        var channels = ImmutableArray.CreateBuilder<ChannelOptions>();
        foreach (var entry in section.Sections("channels"))
        {
            if (entry.Choice("type", Types) is not { } type)
            {
                if (!entry.Has("type"))
                    entry.Report("type", "is missing; it must be one of " + string.Join(", ", Types.Keys));
                continue;
            }
            var channel = Channel(entry, type);
            if (channels.Any(c => c.Name == channel.Name))
                entry.Report("name", $"is '{channel.Name}', which another channel has already; names must differ");
            channels.Add(channel);
            entry.RejectUnknown();
        }
        section.RejectUnknown();
        return new AlertOptions { Channels = channels.ToImmutable() };
    }

    private static ChannelOptions Channel(YamlSection entry, ChannelType type)
    {
        var channel = new ChannelOptions { Name = entry.Text("name") ?? type.ToString().ToLowerInvariant(), Type = type, Kinds = Kinds(entry) };
        return type switch
        {
            ChannelType.Webhook => channel with { Url = Url(entry), Secret = Secret(entry, "secret", isRequired: false) },
            ChannelType.Slack => channel with { Url = Url(entry) },
            ChannelType.Sns => channel with { Topic = Topic(entry), Endpoint = entry.Address("endpoint") },
            _ => Mail(entry, channel),
        };
    }

    private static ImmutableArray<AlertKind> Kinds(YamlSection entry)
    {
        var kinds = ImmutableArray.CreateBuilder<AlertKind>();
        foreach (var name in entry.Texts("kinds") ?? [])
        {
            if (AlertKinds.TryParse(name, out var kind) && kind != AlertKind.Test)
                kinds.Add(kind);
            else
                entry.Report("kinds", $"has '{name}'; known here: {string.Join(", ", AlertKinds.All.Where(k => k != AlertKind.Test.Name()))}");
        }
        return kinds.ToImmutable();
    }

    /// <summary>An address may be a secret as a whole, as Slack's are.</summary>
    private static SecretText? Url(YamlSection entry)
    {
        if (entry.Address("url") is { } plain)
            return new SecretText(plain.AbsoluteUri);
        if (entry.Has("url"))
            return null;
        return Secret(entry, "url", isRequired: true);
    }

    private static string? Topic(YamlSection entry)
    {
        var topic = entry.Text("topic");
        if (topic is null || SnsTopic.RegionOf(topic) is null)
            entry.Report("topic", topic is null ? "is missing; it is the ARN of a topic" : $"is '{topic}'; it must be an ARN such as arn:aws:sns:eu-west-1:123456789012:alerts");
        return topic;
    }

    private static ChannelOptions Mail(YamlSection entry, ChannelOptions channel)
    {
        var host = entry.Text("host");
        if (string.IsNullOrEmpty(host))
            entry.Report("host", "is missing; it names the mail server");
        var user = entry.Text("user");
        var useTls = entry.Choice("tls", Tls) ?? true;
        if (user is not null && !useTls && host is not ("localhost" or "127.0.0.1" or "::1"))
            entry.Report("tls", "is none, which would send the password in clear; use starttls, or leave out 'user'");
        return channel with
        {
            Host = host,
            Port = entry.Integer("port", 1, 65_535) ?? channel.Port,
            UseTls = useTls,
            User = user,
            Password = Secret(entry, "password", isRequired: user is not null),
            From = Addresses(entry, "from") is [var from, ..] ? from : null,
            To = Addresses(entry, "to"),
        };
    }

    private static ImmutableArray<string> Addresses(YamlSection entry, string name)
    {
        var addresses = entry.Texts(name) ?? [];
        if (addresses.Count == 0)
            entry.Report(name, "is missing; it must be an address such as sluice@example.com");
        foreach (var wrong in addresses.Where(a => !MailAddress.TryCreate(a, out _)))
            entry.Report(name, $"has '{wrong}', which is no address such as sluice@example.com");
        return [.. addresses];
    }

    /// <summary>Where <c>NAME_env</c> or <c>NAME_file</c> says that it is.</summary>
    private static SecretText? Secret(YamlSection entry, string name, bool isRequired)
    {
        if (entry.Text(name + "_env") is { } variable)
            return SecretText.OfVariable(variable);
        if (entry.FilePath(name + "_file") is { } file)
            return SecretText.OfFile(file);
        if (isRequired)
            entry.Report(name + "_env", $"is missing, as is '{name}_file'; one says where the {name} is");
        return null;
    }
}
