using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Upstreams;
using Sluice.Ledger.Journal;

namespace Sluice.Configuration;

/// <summary>Reads <c>sluice.yaml</c> into options, collecting every mistake with its place and its fix.</summary>
public static class OptionsReader
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>A body is one piece of memory; AWS takes 25 MB.</summary>
    private const long MostBodyBytes = 1L << 30;

    private static readonly Dictionary<string, UpstreamKind> Kinds = new(StringComparer.Ordinal)
    {
        ["simulator"] = UpstreamKind.Simulator,
        ["aws"] = UpstreamKind.Aws,
        ["url"] = UpstreamKind.Url,
    };

    private static readonly Dictionary<string, UpstreamAuthorization> Authorizations = new(StringComparer.Ordinal)
    {
        ["pass_through"] = UpstreamAuthorization.PassThrough,
        ["sigv4"] = UpstreamAuthorization.SigV4,
        ["bearer"] = UpstreamAuthorization.Bearer,
    };

    private static readonly Dictionary<string, AuthMode> AuthModes = new(StringComparer.Ordinal)
    {
        ["required"] = AuthMode.Required,
        ["optional"] = AuthMode.Optional,
    };

    private static readonly Dictionary<string, LedgerFailurePolicy> FailurePolicies = new(StringComparer.Ordinal)
    {
        ["pass"] = LedgerFailurePolicy.Pass,
        ["refuse"] = LedgerFailurePolicy.Refuse,
    };

    private static readonly Dictionary<string, UsageKind> UsageKindNames = UsageKinds.All.ToDictionary(k => k.Name(), StringComparer.Ordinal);

    private static readonly Dictionary<string, FsyncPolicy> FsyncPolicies = new(StringComparer.Ordinal)
    {
        ["never"] = FsyncPolicy.Never,
        ["interval"] = FsyncPolicy.Interval,
        ["always"] = FsyncPolicy.Always,
    };

    /// <exception cref="ConfigurationException">The file can't be read, says nothing, or holds mistakes.</exception>
    public static SluiceOptions ReadFile(string file)
    {
        // Editors and deployment tools empty a file for a moment before they write it: that must not mean "all defaults".
        return TryRead(YamlDocument.ReadText(file), file)
            ?? throw new ConfigurationException([new(file, 1, 1, "The file has no settings. Write at least one, such as 'upstream: aws', or leave out --config.")]);
    }

    /// <summary>The same of text; without a setting it is all defaults.</summary>
    public static SluiceOptions Read(string yaml, string file) => TryRead(yaml, file) ?? new SluiceOptions();

    private static SluiceOptions? TryRead(string yaml, string file)
    {
        if (YamlDocument.Read(yaml, file) is not { } root)
            return null;
        var errors = new List<ConfigurationError>();
        var options = Read(new YamlSection(root, "", file, errors));
        return errors.Count == 0 ? options : throw new ConfigurationException(errors);
    }

    private static SluiceOptions Read(YamlSection top)
    {
        var defaults = new SluiceOptions();
        var upstreams = Upstreams(top);
        var limits = top.Section("limits");
        var options = new SluiceOptions
        {
            Edge = EdgeReader.Read(top, limits),
            Urls = ListenUrls(top) ?? defaults.Urls,
            DataDirectory = top.FilePath("data") ?? defaults.DataDirectory,
            Auth = top.Choice("auth", AuthModes),
            Upstreams = upstreams is [] ? defaults.Upstreams : upstreams,
            Routes = Routes(top, upstreams),
            Models = top.Section("models")?.AllTexts() ?? defaults.Models,
            Retry = Retry(top.Section("retry")),
            Record = Record(top),
            Levers = LeversReader.Read(top),
            ModelRoutes = ModelRoutesReader.Read(top),
            Watch = WatchReader.Read(top),
            Bodies = Bodies(top.Section("recording")),
            Ledger = Ledger(top),
            Budgets = BudgetsReader.Read(top),
            BudgetState = BudgetsReader.State(top.Section("budget_state")),
            Log = LogSettings.Read(top.Section("log")),
            Reporting = ReportingSettings.Read(top.Section("reporting")),
            Prices = Prices(top.Section("prices")),
            Simulator = Simulator(top.Section("simulator")),
            Limits = LimitsReader.Read(top),
            Alerts = AlertsReader.Read(top),
            MaxRequestBodyBytes = Limits(limits) ?? defaults.MaxRequestBodyBytes,
            Kestrel = Kestrel(top),
        };
        top.RejectUnknown();
        return options;
    }

    private static IReadOnlyList<string>? ListenUrls(YamlSection top)
    {
        var urls = top.Texts("urls");
        if (urls is [])
            top.Report("urls", "is empty; name an address such as http://127.0.0.1:8080, or leave it out");
        foreach (var mistake in (urls ?? []).Select(ListenAddress.Mistake).OfType<string>())
            top.Report("urls", mistake);
        return urls;
    }

    private static Dictionary<string, string?> Kestrel(YamlSection top)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in top.Section("kestrel")?.Flatten("Kestrel") ?? [])
        {
            if (!settings.TryAdd(name, value))
                top.Report("kestrel", $"has '{name}' twice; letter case is no difference there");
        }
        return settings;
    }

    private static List<UpstreamOptions> Upstreams(YamlSection top)
    {
        var upstreams = new List<UpstreamOptions>();
        if (top.Text("upstream") is { } shorthand)
        {
            if (UpstreamNamed(shorthand) is { } upstream)
                upstreams.Add(Region(top) is { } region ? upstream with { Region = region } : upstream);
            else
                top.Report("upstream", UpstreamAddress.Objection(shorthand, NamedUpstreams));
        }
        else if (top.Has("region"))
        {
            top.Report("region", "stands without 'upstream'; write 'upstream: aws', or put the region into an entry of 'upstreams'");
        }
        foreach (var section in top.Sections("upstreams"))
        {
            if (Upstream(section) is not { } upstream)
                continue;
            if (upstreams.Exists(u => u.Name == upstream.Name))
                section.Report("name", $"is '{upstream.Name}', which another upstream has already; names must differ");
            upstreams.Add(upstream);
        }
        return upstreams;
    }

    /// <summary>What <see cref="UpstreamNamed"/> takes, in words.</summary>
    public const string NamedUpstreams = "simulator, aws or a URL such as http://host:port";

    /// <summary>The upstream that a single word or URL means, as on the command line; null where it means none.</summary>
    public static UpstreamOptions? UpstreamNamed(string text) => text switch
    {
        "simulator" => new UpstreamOptions { Name = "simulator", Kind = UpstreamKind.Simulator },
        "aws" => new UpstreamOptions { Name = "aws", Kind = UpstreamKind.Aws, Region = DefaultRegion() },
        _ => UpstreamAddress.Read(text) is { } address
            ? new UpstreamOptions { Name = "upstream", Kind = UpstreamKind.Url, BaseAddress = address, Region = DefaultRegion() }
            : null,
    };

    /// <summary>The region of AWS's own variables, else us-east-1.</summary>
    /// <exception cref="ConfigurationException">The variable holds no region.</exception>
    public static string DefaultRegion()
    {
        foreach (var variable in (string[])["AWS_REGION", "AWS_DEFAULT_REGION"])
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } region)
                continue;
            return IsRegion(region) ? region : throw new ConfigurationException([new("environment", 1, 1, $"{variable} is '{PlainText.Of(region)}'; it must be a region such as eu-west-1.")]);
        }
        return "us-east-1";
    }

    private static string? Region(YamlSection section)
    {
        if (section.Text("region") is not { } region || IsRegion(region))
            return section.Text("region");
        section.Report("region", $"is '{PlainText.Of(region)}'; it must be a region such as eu-west-1");
        return null;
    }

    /// <summary>It becomes a part of AWS's host names.</summary>
    private static bool IsRegion(string text) =>
        text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-';

    private static Uri? Address(YamlSection section, string name)
    {
        if (section.Text(name) is not { } text)
            return null;
        var address = UpstreamAddress.Read(text);
        if (address is null)
            section.Report(name, UpstreamAddress.Objection(text));
        return address;
    }

    private static UpstreamOptions? Upstream(YamlSection section)
    {
        var kind = section.Choice("type", Kinds);
        var address = Address(section, "url");
        if (kind is null && address is null && !section.Has("type"))
            section.Report("type", "is missing; it must be simulator, aws or url");
        kind ??= address is null ? UpstreamKind.Simulator : UpstreamKind.Url;
        if (kind == UpstreamKind.Url && address is null && !section.Has("url"))
            section.Report("url", "is missing; an upstream of type url needs it, such as https://host:port");
        var defaults = new UpstreamOptions { Name = "", Kind = kind.Value };
        var upstream = new UpstreamOptions
        {
            Name = section.Text("name") ?? kind.Value.ToString().ToLowerInvariant(),
            Kind = kind.Value,
            Region = Region(section) ?? DefaultRegion(),
            BaseAddress = address,
            ControlPlane = Address(section, "control_plane"),
            Authorization = section.Choice("authorization", Authorizations),
            Http2 = section.Flag("http2") ?? defaults.Http2,
            IdleLimit = section.Duration("idle_limit", TimeSpan.FromSeconds(1), LongestWait) ?? defaults.IdleLimit,
            DrainLimit = section.Duration("drain_limit", TimeSpan.Zero, LongestWait) ?? defaults.DrainLimit,
            ConnectLimit = section.Duration("connect_limit", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)) ?? defaults.ConnectLimit,
        };
        section.RejectUnknown();
        return upstream;
    }

    private static List<RouteOptions> Routes(YamlSection top, List<UpstreamOptions> upstreams)
    {
        var routes = new List<RouteOptions>();
        foreach (var section in top.Sections("routes"))
        {
            var models = section.Text("models");
            var upstream = section.Text("upstream");
            if (models is null)
                section.Report("models", "is missing; it says which models take this route, such as 'eu.*'");
            if (upstream is null)
                section.Report("upstream", "is missing; it names an entry of 'upstreams'");
            else if (!upstreams.Exists(u => u.Name == upstream))
                section.Report("upstream", $"is '{upstream}', which no entry of 'upstreams' is named");
            else if (models is not null)
                routes.Add(new RouteOptions(models, upstream));
            section.RejectUnknown();
        }
        return routes;
    }

    private static RetryOptions Retry(YamlSection? section)
    {
        var defaults = new RetryOptions();
        if (section is null)
            return defaults;
        var options = new RetryOptions
        {
            MaxAttempts = section.Integer("max_attempts", 1, 10) ?? defaults.MaxAttempts,
            BaseDelay = section.Duration("base_delay", TimeSpan.Zero, LongestDelay) ?? defaults.BaseDelay,
            MaxDelay = section.Duration("max_delay", TimeSpan.Zero, LongestDelay) ?? defaults.MaxDelay,
            TotalBudget = section.Duration("total_budget", TimeSpan.Zero, LongestWait) ?? defaults.TotalBudget,
        };
        section.RejectUnknown();
        return options;
    }

    private static RecordOptions Record(YamlSection top)
    {
        var defaults = new RecordOptions();
        return new RecordOptions
        {
            OnLedgerFailure = top.Section("ledger")?.Choice("on_failure", FailurePolicies) ?? defaults.OnLedgerFailure,
            MaxBufferedReplyBytes = top.Section("limits")?.Bytes("max_buffered_reply", 0, MostBodyBytes) ?? defaults.MaxBufferedReplyBytes,
        };
    }

    private static LedgerSettings Ledger(YamlSection top)
    {
        if (top.Section("ledger") is not { } section)
            return new LedgerSettings();
        section.Has("on_failure");
        var settings = new LedgerSettings { Fsync = section.Choice("fsync", FsyncPolicies) ?? FsyncPolicy.Interval, RetentionDays = section.Integer("retention_days", 1, 36_500) };
        section.RejectUnknown();
        return settings;
    }

    private static PriceSettings Prices(YamlSection? section)
    {
        if (section is null)
            return new PriceSettings();
        var discounts = new List<PriceDiscount>();
        foreach (var entry in section.Sections("discounts"))
        {
            if (entry.Decimal("percent", 0.000001m, 100) is not { } percent)
            {
                if (!entry.Has("percent"))
                    entry.Report("percent", "is missing; it says how much is taken off, such as 7.5");
                continue;
            }
            discounts.Add(new PriceDiscount
            {
                Id = entry.Place,
                Percent = percent,
                Model = entry.Text("models") ?? "*",
                Region = entry.Text("region") ?? "*",
                Profile = entry.Text("profile"),
                Kind = entry.Choice("kind", UsageKindNames),
                From = entry.Date("from"),
                Until = entry.Date("until"),
            });
            entry.RejectUnknown();
        }
        var settings = new PriceSettings { File = section.FilePath("file"), Discounts = discounts };
        section.RejectUnknown();
        return settings;
    }

    private static string? Bodies(YamlSection? section)
    {
        if (section is null)
            return null;
        var directory = section.FilePath("bodies");
        section.RejectUnknown();
        return directory;
    }

    private static SimulatorSettings Simulator(YamlSection? section)
    {
        var defaults = new SimulatorSettings();
        if (section is null)
            return defaults;
        var settings = new SimulatorSettings
        {
            Seed = section.Integer("seed", 0, int.MaxValue),
            Speed = section.Number("speed", 0, 1000) ?? defaults.Speed,
            Recordings = section.FilePath("recordings"),
        };
        section.RejectUnknown();
        return settings;
    }

    private static long? Limits(YamlSection? section)
    {
        if (section is null)
            return null;
        section.Has("max_buffered_reply");
        section.Has("rules");
        var bytes = section.Bytes("max_request_body", 1, MostBodyBytes);
        section.RejectUnknown();
        return bytes;
    }
}
