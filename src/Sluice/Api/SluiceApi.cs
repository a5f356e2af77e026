using System.Buffers;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway;
using Sluice.Hosting;
using Sluice.Ledger;
using Sluice.Ledger.Queries;
using Sluice.Reports;

namespace Sluice.Api;

/// <summary>
/// What the server answers itself: health, metrics, the pipeline's order, and the ledger over HTTP. Everything else is a call
/// for Bedrock. Bedrock has no path under <c>/api</c>.
/// </summary>
internal static class SluiceApi
{
    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    public static void MapSluiceApi(this WebApplication application, string dataDirectory)
    {
        Read(application, "/", () => Results.Text("Sluice, a gateway for Amazon Bedrock. Point an AWS SDK's endpoint URL here. Its health is at /healthz and /readyz.\n"));
        Read(application, "/robots.txt", () => Results.Text("User-agent: *\nDisallow: /\n"));
        Read(application, "/healthz", () => Results.Text("ok\n"));
        Read(application, "/readyz", (HttpContext context, ApiAccess access, LiveLedger ledger, GatewaySnapshots snapshots) => Ready(ledger.Health, snapshots.Current, access.IsAllowed(context)));
        Read(application, "/metrics", (PrometheusText metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8")).AddEndpointFilter(AdminsAloneAsync);
        Read(application, "/debug/pipeline", (GatewaySnapshots snapshots) => Results.Text(string.Join("\n", snapshots.Current.Pipeline.Order) + "\n")).AddEndpointFilter(AdminsAloneAsync);

        application.MapPost("/api/feedback", (HttpContext context, FeedbackEndpoint feedback, CancellationToken cancellationToken) => feedback.HandleAsync(context, dataDirectory, cancellationToken));
        var api = application.MapGroup("/api").AddEndpointFilter(AdminsAloneAsync);
        ReportEndpoints.Map(api, dataDirectory);
        api.MapGet("/routes", (RouteBoard board) => Results.Json(board.Answer(), ApiJson.Default.RoutesAnswer));
        api.MapGet("/semantic", (SnapshotCompiler compiler) => Results.Json(SemanticAnswer.Of(compiler.Semantic.Reports()), ApiJson.Default.SemanticAnswer));
        api.MapGet("/ledger", (HttpContext context, SluiceOptions options, TimeProvider time, CancellationToken cancellationToken) =>
            ExportAsync(context, options, time, dataDirectory, cancellationToken));
        api.MapGet("/ledger/{invocationId}", (string invocationId, CancellationToken cancellationToken) => FindAsync(invocationId, dataDirectory, cancellationToken));
    }

    private static RouteHandlerBuilder Read(WebApplication routes, string path, Delegate handler) => routes.MapMethods(path, ReadMethods, handler);

    private static async ValueTask<object?> AdminsAloneAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.RequestServices.GetRequiredService<ApiAccess>().IsAllowed(context.HttpContext)
            ? await next(context)
            : Mistake(StatusCodes.Status403Forbidden, "This needs a key made with 'sluice keys create --admin', as a bearer token or x-api-key; without a key it is for programs on this machine, if calls need none either.");

    /// <summary>Probes have no key, and a message may name files: callers other than admins learn whether calls are taken, and no more.</summary>
    /// <summary>Ready is an instance that can record a call and has an upstream to send it to.</summary>
    private static IResult Ready(LedgerHealth health, GatewaySnapshot gateway, bool isAdmin)
    {
        var isReady = health.Status != LedgerStatus.Failed && gateway.Upstreams.Any(u => !u.Reachability.IsLost);
        var status = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (!isAdmin)
            return Results.Text(isReady ? "ok\n" : "not ready\n", statusCode: status);
        string[] unreachable = [.. gateway.Upstreams.Where(u => u.Reachability.IsLost).Select(u => u.Name)];
        var answer = new ReadyAnswer(health.Status.ToString().ToLowerInvariant(), health.Message, health.Pending, health.Lost, health.CorruptLines, unreachable);
        return Results.Json(answer, ApiJson.Default.ReadyAnswer, statusCode: status);
    }

    /// <summary>JSON lines, <c>?from=...&amp;to=...</c></summary>
    private static async Task<IResult> ExportAsync(HttpContext context, SluiceOptions options, TimeProvider time, string dataDirectory, CancellationToken cancellationToken)
    {
        if (context.Request.Query.Keys.FirstOrDefault(k => k is not ("from" or "to")) is { } unknown)
            return Mistake(StatusCodes.Status400BadRequest, $"The ledger's export takes no '{PlainText.Of(unknown)}'; it takes from and to.");
        var clock = new ReportClock(time.GetUtcNow(), options.Reporting.TimeZone);
        if (!TryRange(context.Request.Query, clock, out var from, out var to, out var mistake))
            return Mistake(StatusCodes.Status400BadRequest, mistake);
        using var reader = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        context.Response.ContentType = "application/jsonl";
        var lines = 0;
        foreach (var record in reader.Export(from, to))
        {
            InvocationJson.Write(context.Response.BodyWriter, record);
            context.Response.BodyWriter.Write("\n"u8);
            if (++lines % 64 == 0)
                await context.Response.BodyWriter.FlushAsync(cancellationToken);
        }
        return Results.Empty;
    }

    private static async Task<IResult> FindAsync(string invocationId, string dataDirectory, CancellationToken cancellationToken)
    {
        using var reader = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        return reader.Find(invocationId) is { } record
            ? Results.Bytes(InvocationJson.ToUtf8(record), "application/json")
            : Mistake(StatusCodes.Status404NotFound, $"There is no invocation '{invocationId}' in the ledger; x-sluice-invocation-id of a reply names one.");
    }

    /// <summary>The range of <c>from</c> and <c>to</c>, in the words of the reports.</summary>
    private static bool TryRange(IQueryCollection query, ReportClock clock, out DateTimeOffset? from, out DateTimeOffset? to, out string mistake)
    {
        (from, to, mistake) = (null, null, "");
        try
        {
            from = Moment("from");
            to = Moment("to");
        }
        catch (ReportMistakeException e)
        {
            mistake = e.Message;
            return false;
        }
        if (from is null || to is null || from <= to)
            return true;
        mistake = $"from '{query["from"]}' is after to '{query["to"]}'; to is the first moment no longer in the range.";
        return false;

        DateTimeOffset? Moment(string name) => query[name].FirstOrDefault() is { Length: > 0 } text ? TimeSpot.Read(name, text, clock) : null;
    }

    public static IResult Mistake(int status, string message) => Results.Problem(message, statusCode: status);
}
