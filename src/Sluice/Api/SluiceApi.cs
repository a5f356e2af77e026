using System.Buffers;
using System.Globalization;
using Sluice.Commands.Alerts;
using Sluice.Commands.Budgets;
using Sluice.Commands.Levers;
using Sluice.Commands.Quality;
using Sluice.Commands.Savings;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Gateway;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Hosting;
using Sluice.Insights.Alerting;
using Sluice.Ledger;
using Sluice.Ledger.Queries;
using Sluice.Output;

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
        api.MapGet("/spend", (HttpContext context, CancellationToken cancellationToken) => SpendApi.SpendAsync(context, dataDirectory, cancellationToken));
        api.MapGet("/reports/{name}", (string name, HttpContext context, CancellationToken cancellationToken) => SpendApi.ReportAsync(name, context, dataDirectory, cancellationToken));
        api.MapGet("/savings", (HttpContext context, CancellationToken cancellationToken) => SavingsAsync(context, dataDirectory, cancellationToken));
        api.MapGet("/budgets", (HttpContext context, BudgetBook book, TimeProvider time, CancellationToken cancellationToken) => BudgetsAsync(context, book, time, dataDirectory, cancellationToken));
        api.MapGet("/routes", (RouteBoard board) => Results.Json(board.Answer(), ApiJson.Default.RoutesAnswer));
        api.MapGet("/quality", (HttpContext context, QualityBook book) => Table(QualityListing.ForMachines(book.Entries), context.Request.Query["format"]));
        api.MapGet("/alerts", (HttpContext context, AlertDesk desk) => Alerts(context, desk.Store));
        api.MapGet("/semantic", (SnapshotCompiler compiler) => Results.Json(SemanticAnswer.Of(compiler.Semantic.Reports()), ApiJson.Default.SemanticAnswer));
        api.MapGet("/ledger", (HttpContext context, CancellationToken cancellationToken) => ExportAsync(context, dataDirectory, cancellationToken));
        api.MapGet("/levers/marking", (HttpContext context, SnapshotCompiler compiler, CancellationToken cancellationToken) => MarkingAsync(context, compiler.Prefixes, dataDirectory, cancellationToken));
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

    /// <summary>As <c>sluice savings</c>: <c>?by=lever|app|task&amp;from=...&amp;to=...&amp;format=json|csv</c></summary>
    private static async Task<IResult> SavingsAsync(HttpContext context, string dataDirectory, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (!TryRange(query, out var from, out var to, out var mistake))
            return Mistake(StatusCodes.Status400BadRequest, mistake);
        var by = query["by"] is [{ Length: > 0 } asked, ..] ? asked : "lever";
        using var reader = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        return Table(SavingsCommand.ForMachines(by, SavingsBook.Of(reader.Export(from, to), SavingsCommand.TagOf(by))), query["format"]);
    }

    /// <summary>As <c>sluice budgets list</c>: <c>?format=json|csv</c></summary>
    private static async Task<IResult> BudgetsAsync(HttpContext context, BudgetBook book, TimeProvider time, string dataDirectory, CancellationToken cancellationToken)
    {
        await book.RefreshAsync(cancellationToken);
        var now = time.GetUtcNow();
        var standings = book.Standings(now);
        return Table(BudgetListing.ForMachines(standings, await BudgetForecasts.OfAsync(standings, dataDirectory, now, cancellationToken)), context.Request.Query["format"]);
    }

    public static IResult Table(Listing table, string? format)
    {
        var text = new StringWriter();
        var isCsv = format == "csv";
        table.Write(text, isCsv ? OutputFormat.Csv : OutputFormat.Json);
        return Results.Text(text.ToString(), isCsv ? "text/csv" : "application/json");
    }

    /// <summary><c>?by=app,task,model&amp;from=2026-11-01&amp;to=...&amp;format=json|csv</c>; CSV has the ledger's groups alone.</summary>
    private static async Task<IResult> MarkingAsync(HttpContext context, PrefixLearner learner, string dataDirectory, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (!TryRange(query, out var from, out var to, out var mistake))
            return Mistake(StatusCodes.Status400BadRequest, mistake);
        var by = MarkingListing.Dimensions(query["by"].FirstOrDefault());
        using var reader = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        var groups = MarkingListing.Groups(by, reader.Export(from, to));
        if (query["format"] == "csv")
            return Table(MarkingListing.OfLedger(by, groups), "csv");
        using var text = new StringWriter();
        text.Write("{\"groups\": ");
        MarkingListing.OfLedger(by, groups).Write(text, OutputFormat.Json);
        text.Write(",\"learned\": ");
        MarkingListing.Learned(learner.Reports()).Write(text, OutputFormat.Json);
        text.Write(",\"advice\": ");
        MarkingListing.Advice(learner.Advice()).Write(text, OutputFormat.Json);
        text.Write("}");
        return Results.Text(text.ToString(), "application/json");
    }

    /// <summary>JSON lines, <c>?from=...&amp;to=...</c></summary>
    private static async Task<IResult> ExportAsync(HttpContext context, string dataDirectory, CancellationToken cancellationToken)
    {
        if (!TryRange(context.Request.Query, out var from, out var to, out var mistake))
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

    /// <summary>As <c>sluice alerts list</c>: <c>?state=waiting|delivered|given_up&amp;kind=budget&amp;limit=100&amp;format=json|csv</c></summary>
    private static IResult Alerts(HttpContext context, AlertStore store)
    {
        var query = context.Request.Query;
        var (state, kind) = (query["state"].FirstOrDefault(), query["kind"].FirstOrDefault());
        if (state is not (null or "waiting" or "delivered" or "given_up") || (kind is not null && !AlertKinds.TryParse(kind, out _)))
            return Mistake(StatusCodes.Status400BadRequest, $"state must be waiting, delivered or given_up, and kind one of {string.Join(", ", AlertKinds.All)}.");
        var most = int.TryParse(query["limit"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 100;
        return Table(AlertsListing.Of(store.List(most), state, kind, TimeProvider.System, forPeople: false), query["format"]);
    }

    /// <summary>The range of <c>from</c> and <c>to</c>; times that no ledger or bill has are mistakes, and so is an end before the beginning.</summary>
    public static bool TryRange(IQueryCollection query, out DateTimeOffset? from, out DateTimeOffset? to, out string mistake)
    {
        to = null;
        if (!TryMoment(query, "from", out from, out mistake) || !TryMoment(query, "to", out to, out mistake))
            return false;
        if (from is null || to is null || from <= to)
            return true;
        mistake = $"from '{query["from"]}' is after to '{query["to"]}'; the end, which is not in the range, comes later.";
        return false;
    }

    private static bool TryMoment(IQueryCollection query, string name, out DateTimeOffset? moment, out string mistake)
    {
        (moment, mistake) = (null, "");
        if (query[name].FirstOrDefault() is not { Length: > 0 } text)
            return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed))
            mistake = $"{name} is '{PlainText.Of(text)}'; it must be a time such as 2026-11-21 or 2026-11-21T12:00:00Z.";
        else if (parsed.Year is < FirstYear or > LastYear)
            mistake = $"{name} is '{PlainText.Of(text)}'; it must be in the years {FirstYear} to {LastYear}.";
        else
            moment = parsed;
        return mistake.Length == 0;
    }

    private const int FirstYear = 2000;

    private const int LastYear = 2200;

    public static IResult Mistake(int status, string message) => Results.Problem(message, statusCode: status);
}
