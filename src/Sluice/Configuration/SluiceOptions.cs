using System.Collections.Immutable;
using Sluice.Core.Budgets;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Upstreams;
using Sluice.Insights.Alerting;
using Sluice.Ledger.Journal;

namespace Sluice.Configuration;

/// <summary>What <c>sluice.yaml</c> says, checked: everything that the owner can set, with its default.</summary>
public sealed record SluiceOptions
{
    /// <summary>Where the gateway listens. Default: loopback alone, since that needs no credentials.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    public string DataDirectory { get; init; } = "sluice-data";

    /// <summary>Null is the default rule: required, but optional for callers on loopback.</summary>
    public AuthMode? Auth { get; init; }

    public EdgeSettings Edge { get; init; } = new();

    /// <summary>At least one; the first serves what no route matches.</summary>
    public IReadOnlyList<UpstreamOptions> Upstreams { get; init; } = [new() { Name = "simulator", Kind = UpstreamKind.Simulator }];

    public IReadOnlyList<RouteOptions> Routes { get; init; } = [];

    /// <summary>The model behind each ARN that does not name it.</summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public RetryOptions Retry { get; init; } = new();

    public RecordOptions Record { get; init; } = new();

    public LeverSettings Levers { get; init; } = new();

    /// <summary>Which models may serve which calls; the first whose calls include one decides.</summary>
    public ImmutableArray<ModelRoute> ModelRoutes { get; init; } = [];

    /// <summary>How the answers of levers that may change them are watched.</summary>
    public WatchOptions Watch { get; init; } = new();

    /// <summary>The directory in which calls are kept with their bodies, for replays; null, the default, keeps none.</summary>
    public string? Bodies { get; init; }

    /// <summary>How much callers may ask, and how they share what AWS allows.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>Who is told of trouble.</summary>
    public AlertOptions Alerts { get; init; } = new();

    public LedgerSettings Ledger { get; init; } = new();

    /// <summary>Those of the file; 'sluice budgets set' adds others.</summary>
    public ImmutableArray<Budget> Budgets { get; init; } = [];

    public BudgetStateSettings BudgetState { get; init; } = new();

    public LogSettings Log { get; init; } = new();

    public ReportingSettings Reporting { get; init; } = new();

    public PriceSettings Prices { get; init; } = new();

    public SimulatorSettings Simulator { get; init; } = new();

    public long MaxRequestBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Kestrel's own settings (endpoints, certificates, limits), in the names of its documentation.</summary>
    public IReadOnlyDictionary<string, string?> Kestrel { get; init; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
}

/// <param name="Models">A model identifier, in which <c>*</c> stands for any run of characters.</param>
/// <param name="Upstream">The name of the upstream that serves them.</param>
public sealed record RouteOptions(string Models, string Upstream);

public sealed record LedgerSettings
{
    public FsyncPolicy Fsync { get; init; }

    /// <summary>Invocations older than this are deleted, their hourly sums kept. Null keeps all.</summary>
    public int? RetentionDays { get; init; }
}

public sealed record BudgetStateSettings
{
    /// <summary>Npgsql's connection string for the state that several replicas share; null for one process, whose state is in the data directory.</summary>
    public string? Postgres { get; init; }

    /// <summary>How long the shared state may take to answer before it counts as away. Default 3 s: longer than a healthy database needs.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    public BudgetOptions Options { get; init; } = new();
}

public sealed record PriceSettings
{
    /// <summary>A file of the owner's own prices, in the form of the price book.</summary>
    public string? File { get; init; }

    public IReadOnlyList<PriceDiscount> Discounts { get; init; } = [];
}

public sealed record SimulatorSettings
{
    /// <summary>Null for request ids that differ from start to start, as AWS's do.</summary>
    public int? Seed { get; init; }

    /// <summary>1 is as slow as the real models, 0 answers at once.</summary>
    public double Speed { get; init; }

    public string? Recordings { get; init; }
}
