using Sluice.Configuration;
using Sluice.Hosting.Reloading;

namespace Sluice.Tests.Hosting.Reloading;

public sealed class FixedSettingsTests
{
    /// <summary>The options that a reload takes over. One that is in neither list would be said to be in force, and not be.</summary>
    private static readonly HashSet<string> TakenOver =
    [
        "Auth", "Upstreams", "Routes", "Models", "Retry", "Record", "Levers", "ModelRoutes", "Watch", "Bodies", "Limits", "Alerts", "Budgets", "Prices", "MaxRequestBodyBytes",
    ];

    private static readonly HashSet<string> Fixed = ["Urls", "DataDirectory", "Kestrel", "Simulator", "Ledger", "BudgetState", "Log", "Edge", "Reporting"];

    [Fact]
    public void EverySettingIsEitherTakenOverOrRefusedByName() =>
        Assert.Equal(typeof(SluiceOptions).GetProperties().Select(p => p.Name).Order(), TakenOver.Concat(Fixed).Order());

    [Theory]
    [InlineData("urls: ['http://127.0.0.1:1']", "urls can't change")]
    [InlineData("data: elsewhere", "data can't change")]
    [InlineData("kestrel: { Limits: { MaxRequestLineSize: 5 } }", "kestrel can't change")]
    [InlineData("log: { format: json }", "log.format can't change")]
    [InlineData("reporting: { time_zone: Asia/Kathmandu }", "reporting.time_zone can't change")]
    [InlineData("simulator: { seed: 7 }", "simulator can't change")]
    [InlineData("limits: { connections: 9 }", "limits.connections can't change")]
    [InlineData("limits: { request_memory: 64MB }", "limits.request_memory can't change")]
    [InlineData("limits: { first_byte: 9s }", "limits.first_byte can't change")]
    [InlineData("limits: { headers: 9s }", "limits.headers can't change")]
    [InlineData("limits: { body: 9s }", "limits.body can't change")]
    [InlineData("limits: { idle: 9s }", "limits.idle can't change")]
    [InlineData("limits: { shutdown: 9s }", "limits.shutdown can't change")]
    [InlineData("ledger: { fsync: always }", "ledger.fsync can't change")]
    [InlineData("ledger: { retention_days: 5 }", "ledger.retention_days can't change")]
    [InlineData("budget_state: { postgres: Host=db }", "budget_state.postgres can't change")]
    [InlineData("budget_state: { patience: 9s }", "budget_state.patience can't change")]
    [InlineData("levers: { recall: { disk: 1GB } }", "levers.recall.disk can't change")]
    [InlineData("levers: { semantic: { disk: 1GB } }", "levers.semantic.disk can't change")]
    public void WhatOnlyARestartChangesIsNamed(string yaml, string part)
    {
        Assert.Contains(FixedSettings.Changed(Read(""), Read(yaml)), m => m.StartsWith(part, StringComparison.Ordinal));
        Assert.Contains(FixedSettings.Changed(Read(yaml), Read("")), m => m.StartsWith(part, StringComparison.Ordinal));
        Assert.Empty(FixedSettings.Changed(Read(yaml), Read(yaml)));
    }

    [Fact]
    public void ASimulatorThatWasNotStartedIsNoUpstream()
    {
        Assert.Contains(FixedSettings.Missing(Read("upstream: aws"), Read("auth: required")), m => m.Contains("is the simulator", StringComparison.Ordinal));
        Assert.Contains(FixedSettings.Missing(Read("upstream: aws"), Read("upstreams: [{ type: aws }, { type: simulator }]")), m => m.Contains("is the simulator", StringComparison.Ordinal));
        Assert.Empty(FixedSettings.Missing(Read("upstream: simulator"), Read("upstream: aws")));
    }

    [Fact]
    public void EverythingElseMayChange() =>
        Assert.Empty(FixedSettings.Changed(Read(""), Read("auth: required\nretry: { max_attempts: 1 }\nlimits: { max_request_body: 1MB }\nlevers: on\nbudgets: [{ name: a, limit: 5 }]\nledger: { on_failure: refuse }")));

    private static SluiceOptions Read(string yaml) => OptionsReader.Read(yaml, "sluice.yaml");
}
