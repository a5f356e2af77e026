using Amazon.Runtime;
using Sluice.Bedrock.Signing;
using Sluice.Commands;
using Sluice.Commands.Import.Pulling;
using Sluice.Gateway.Upstreams;
using Sluice.Hosting;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;

namespace Sluice.Tests.Commands.Import.Pulling;

/// <summary>Addresses come from the environment, so these run one after the other.</summary>
public sealed class PullTests : IDisposable
{
    private const string Variables = "OPENAI_BASE_URL ANTHROPIC_BASE_URL AWS_ENDPOINT_URL_COST_EXPLORER OPENAI_ADMIN_KEY ANTHROPIC_ADMIN_KEY";

    private static readonly DateOnly From = new(2026, 11, 19), To = new(2026, 11, 21);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-pulls-");
    private readonly ApiOnLoopback _api = new();
    private readonly CostStore _store;
    private readonly List<TimeSpan> _waits = [];
    private readonly List<string> _said = [];

    public PullTests()
    {
        _store = CostStore.Open(_folder.FullName, TimeProvider.System);
        foreach (var name in Variables.Split(' '))
            Environment.SetEnvironmentVariable(name, name.EndsWith("KEY", StringComparison.Ordinal) ? "sk-admin-secret" : _api.Address.ToString());
    }

    public void Dispose()
    {
        foreach (var name in Variables.Split(' '))
            Environment.SetEnvironmentVariable(name, null);
        _api.Dispose();
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task OpenAiIsAskedPageByPageForCostsAndForTokens()
    {
        _api.Answers(Page(Cost("1.5", "gpt-4o, input"), next: "page_2"));
        _api.Answers(Page(Cost("0.25", "gpt-4o, output")));
        _api.Answers(Page("""{"object":"organization.usage.completions.result","input_tokens":10,"input_cached_tokens":4,"model":"gpt-4o"}"""));

        var results = await PullAsync("openai");

        Assert.Equal([(BillSource.OpenAi, 2L), (BillSource.OpenAiUsage, 2L)], results.Select(r => (r.Source, r.Rows)));
        Assert.Equal(1.75m, Rows().Sum(r => r.Amounts.Billed));
        Assert.StartsWith("/organization/costs?start_time=1795046400&end_time=1795219200&bucket_width=1d&limit=180&group_by=project_id&group_by=line_item", _api.Asked[0].Target, StringComparison.Ordinal);
        Assert.EndsWith("&page=page_2", _api.Asked[1].Target, StringComparison.Ordinal);
        Assert.All(_api.Asked, a => Assert.Equal("Bearer sk-admin-secret", a.Headers["authorization"]));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, "pulls")));
    }

    [Fact]
    public async Task PullingAgainReplacesTheDaysOfTheFormerPull()
    {
        _api.Answers(Page(Cost("1.5", "gpt-4o, input")));
        _api.Answers(Page(""));
        await PullAsync("openai");
        _api.Answers(Page(Cost("0.5", "gpt-4o, output")));
        _api.Answers(Page(""));
        var results = await PullAsync("openai");

        Assert.Equal(1, results[0].RemovedCharges);
        Assert.Equal(0.5m, Assert.Single(Rows()).Amounts.Billed);
    }

    [Fact]
    public async Task WaitsAsLongAsItIsToldAndGoesOn()
    {
        _api.Answers("""{"error":{"type":"rate_limit_error","message":"slow down"}}""", 429, "17");
        _api.Answers("", 503);
        _api.Answers("""{"data":[{"starting_at":"2026-11-19T00:00:00Z","ending_at":"2026-11-20T00:00:00Z","results":[{"amount":"123.45","currency":"USD","cost_type":"tokens","token_type":"output_tokens","model":"claude-sonnet-4-20250514"}]}],"has_more":false,"next_page":null}""");
        _api.Answers("""{"data":[],"has_more":false}""");

        await PullAsync("anthropic");

        Assert.Equal([TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(2)], _waits);
        Assert.Equal(1.2345m, Assert.Single(Rows()).Amounts.Billed);
        Assert.Equal("sk-admin-secret", _api.Asked[0].Headers["x-api-key"]);
        Assert.Equal("2023-06-01", _api.Asked[0].Headers["anthropic-version"]);
        Assert.Contains("group_by%5B%5D=description", _api.Asked[0].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnInterruptedPullGoesOnAfterItsLastWholePage()
    {
        _api.Answers(Page(Cost("1.5", "gpt-4o, input"), next: "page_2"));
        _api.Answers("""{"error":{"message":"the question is wrong"}}""", 400);
        var message = (await Assert.ThrowsAsync<CouldNotRunException>(() => PullAsync("openai"))).Message;
        Assert.Contains("127.0.0.1 does not answer the question: 400", message, StringComparison.Ordinal);
        Assert.Empty(Rows());
        var spool = Assert.Single(Directory.GetFiles(Path.Combine(_folder.FullName, "pulls")));
        await File.AppendAllTextAsync(spool, "{\"object\":\"page\",\"da", TestContext.Current.CancellationToken);

        _api.Answers(Page(Cost("0.25", "gpt-4o, output")));
        _api.Answers(Page(""));
        await PullAsync("openai");

        Assert.Contains(_said, s => s.Contains("going on after 1 pages", StringComparison.Ordinal));
        Assert.Equal(4, _api.Asked.Count);
        Assert.Equal(1.75m, Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public async Task CostExplorerIsAskedSignedForUsageAndForAllElse()
    {
        _api.Answers(Answer("SERVICE", "USAGE_TYPE", "Amazon Bedrock", "USE1-NovaLite-input-tokens", "0.06", ",\"NextPageToken\":\"next\""));
        _api.Answers("""{"__type":"com.amazon#ThrottlingException","message":"Rate exceeded"}""", 400);
        _api.Answers(Answer("SERVICE", "USAGE_TYPE", "Amazon Bedrock", "USE1-NovaLite-output-tokens", "0.24"));
        _api.Answers(Answer("RECORD_TYPE", "SERVICE", "Credit", "Amazon Bedrock", "-0.1"));

        await PullAsync("aws-cost-explorer");

        Assert.Equal([("Usage", 0.06m), ("Usage", 0.24m), ("Credit", -0.1m)], Rows().Select(r => (r.Facet.ChargeCategory, r.Amounts.Billed!.Value)));
        Assert.Single(_waits);
        Assert.Contains("\"NextPageToken\":\"next\"", _api.Asked[2].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Amazon Bedrock", _api.Asked[0].Body, StringComparison.Ordinal);
        var (target, body, headers) = _api.Asked[0];
        Assert.Equal("AWSInsightsIndexService.GetCostAndUsage", headers["x-amz-target"]);
        Assert.True(SigV4Authorization.TryParse(headers["authorization"], out var authorization));
        var request = new SigV4Request { Method = "POST", RawPath = target, Headers = headers.ToArray(), Body = System.Text.Encoding.UTF8.GetBytes(body) };
        Assert.Equal(SignatureCheck.Valid, new SigV4Verifier().Verify(request, authorization!, "secret", TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task ARefusalSaysWhatIsMissingAndNoSecret()
    {
        _api.Answers("""{"error":{"type":"invalid_request_error","message":"bad key"}}""", 401);
        var refused = (await Assert.ThrowsAsync<CouldNotRunException>(() => PullAsync("openai"))).Message;
        Environment.SetEnvironmentVariable("OPENAI_ADMIN_KEY", null);
        var missing = (await Assert.ThrowsAsync<CouldNotRunException>(() => PullAsync("openai"))).Message;

        Assert.Contains("401 invalid_request_error bad key; OPENAI_ADMIN_KEY must hold an admin key", refused, StringComparison.Ordinal);
        Assert.Contains("OPENAI_ADMIN_KEY is not set", missing, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused + missing, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<ImportResult>> PullAsync(string name)
    {
        var http = new HttpClient();
        IPullAccess access = name == "aws-cost-explorer" ? new AwsAccess("ce", "us-east-1", new AwsRequestSigner(TimeProvider.System, new AwsCredentialChain(() => Task.FromResult(new ImmutableCredentials("AKIDEXAMPLE", "secret", null))))) : PullSources.Access(name, TimeProvider.System);
        var client = new PullClient(http, access, TimeProvider.System, (span, _) =>
        {
            _waits.Add(span);
            return Task.CompletedTask;
        });
        return new Pull(client, new BillImporter(_store, TimeProvider.System), Path.Combine(_folder.FullName, "pulls"), TimeProvider.System).RunAsync(name, From, To, _said.Add, TestContext.Current.CancellationToken);
    }

    private List<CostRow> Rows() => [.. _store.Days(DateOnly.MinValue, DateOnly.MaxValue, all: true)];

    private static string Cost(string amount, string item) => $$$"""{"object":"organization.costs.result","amount":{"value":{{{amount}}},"currency":"usd"},"line_item":"{{{item}}}"}""";

    private static string Page(string results, string? next = null) =>
        $$"""{"object":"page","data":[{"object":"bucket","start_time":1795046400,"end_time":1795132800,"results":[{{results}}]}],"has_more":{{(next is null ? "false" : "true")}},"next_page":{{(next is null ? "null" : $"\"{next}\"")}}}""";

    private static string Answer(string first, string second, string one, string two, string cost, string more = "") =>
        $$$$"""{"GroupDefinitions":[{"Type":"DIMENSION","Key":"{{{{first}}}}"},{"Type":"DIMENSION","Key":"{{{{second}}}}"}],"ResultsByTime":[{"TimePeriod":{"Start":"2026-11-19","End":"2026-11-20"},"Groups":[{"Keys":["{{{{one}}}}","{{{{two}}}}"],"Metrics":{"UnblendedCost":{"Amount":"{{{{cost}}}}","Unit":"USD"},"UsageQuantity":{"Amount":"1","Unit":"N/A"}}}]}]{{{{more}}}}}""";
}
