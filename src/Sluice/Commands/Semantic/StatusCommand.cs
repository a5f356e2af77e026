using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Sluice.Api;
using Sluice.Configuration;
using Sluice.Hosting;
using Sluice.Output;

namespace Sluice.Commands.Semantic;

/// <summary><c>sluice semantic status</c>: what a running gateway's semantic recall has served, and how often it was wrong.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Where the gateway listens.", DefaultValueFactory = _ => new SluiceOptions().Urls[0] };
        url.Validators.Add(SemanticOptions.IsAddress);
        var key = SemanticOptions.Key("The token of a key made with 'sluice keys create --admin', where the gateway requires keys.");
        var format = CommonOptions.Format();
        var command = new Command("status", """
            Show what a running gateway's semantic recall has looked up and served for each caller since it began, how often
            a random sample of what it serves was wrong, how many answers were complained of, and whether it serves anything.

            Example:
              sluice semantic status --url http://127.0.0.1:8080 --key TOKEN
            """)
        { url, key, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var chosen = parsed.GetValue(format);
            Table(await ReadAsync(new Uri(parsed.GetValue(url)!), parsed.GetValue(key), cancellationToken), forPeople: chosen == OutputFormat.Table).Write(parsed.InvocationConfiguration.Output, chosen);
            return ExitCode.Ok;
        });
        return command;
    }

    internal static Listing Table(SemanticAnswer answer, bool forPeople)
    {
        var table = forPeople
            ? new Listing("caller", "calls", "hits", "sampled", "wrong", "wrong hits (95 %)", "complaints", "state")
            : new Listing("embedder", "tenant", "calls", "hits", "sampled", "wrong", "false_hit_rate_low", "false_hit_rate_high", "complaints", "threshold", "state");
        foreach (var (memory, tenant) in answer.Memories.SelectMany(m => m.Tenants.Select(t => (m, t))))
        {
            if (forPeople)
                table.Add(tenant.Tenant, tenant.Calls, tenant.Hits, (long)tenant.Sampled, (long)tenant.Wrong, Interval(tenant), (long)tenant.Complaints, tenant.State);
            else
                table.Add(memory.Embedder, tenant.Tenant, tenant.Calls, tenant.Hits, (long)tenant.Sampled, (long)tenant.Wrong, tenant.FalseHitRateLow, tenant.FalseHitRateHigh, (long)tenant.Complaints, tenant.Threshold, tenant.State);
        }
        return table;
    }

    private static string? Interval(SemanticTenantAnswer tenant) => tenant.Sampled == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{100 * tenant.FalseHitRateLow:0.0} to {100 * tenant.FalseHitRateHigh:0.0} %");

    private static async Task<SemanticAnswer> ReadAsync(Uri url, string? key, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/api/semantic"));
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var reply = await client.SendAsync(request, cancellationToken);
            if (!reply.IsSuccessStatusCode)
                throw new CouldNotRunException($"{request.RequestUri} answered with status {(int)reply.StatusCode}; give the token of a key made with 'sluice keys create --admin' as --key.");
            return JsonSerializer.Deserialize(await reply.Content.ReadAsStringAsync(cancellationToken), ApiJson.Default.SemanticAnswer)!;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new CouldNotRunException($"{request.RequestUri} can't be read: {e.Message} Start the gateway with 'sluice serve', or say where it listens with --url.", e);
        }
    }
}
