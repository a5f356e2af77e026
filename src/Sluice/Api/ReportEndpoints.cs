using Microsoft.AspNetCore.Routing;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Hosting;
using Sluice.Reports;

namespace Sluice.Api;

/// <summary>The catalogue over HTTP: <c>/api/reports</c> lists it and <c>/api/reports/NAME</c> asks it, with parameters as the query string.</summary>
internal static class ReportEndpoints
{
    private const string Format = "format";

    /// <summary>Paths of before the catalogue.</summary>
    private static readonly (string Path, Report Report)[] Aliases =
    [
        ("/spend", ReportCatalog.Spend), ("/savings", ReportCatalog.Savings), ("/budgets", ReportCatalog.Budgets), ("/quality", ReportCatalog.Quality),
        ("/alerts", ReportCatalog.Alerts), ("/levers/marking", ReportCatalog.Marking),
    ];

    /// <param name="api">The group under <c>/api</c>.</param>
    public static void Map(RouteGroupBuilder api, string dataDirectory)
    {
        api.MapOpenApi("/openapi.json");
        api.MapGet("/reports", () => Results.Bytes(CatalogJson.Of(ReportCatalog.All), "application/json"));
        api.MapGet("/reports/{name}", (string name, HttpContext context, CancellationToken cancellationToken) =>
            ReportCatalog.Find(name) is { } report ? AskAsync(report, context, dataDirectory, cancellationToken) : Task.FromResult(NoSuch(name)));
        foreach (var (path, report) in Aliases)
            api.MapGet(path, (HttpContext context, CancellationToken cancellationToken) => AskAsync(report, context, dataDirectory, cancellationToken));
    }

    private static async Task<IResult> AskAsync(Report report, HttpContext context, string dataDirectory, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        var (time, options) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<SluiceOptions>());
        try
        {
            var format = FormatOf(context.Request.Query);
            var words = context.Request.Query.Where(q => q.Key != Format)
                .ToDictionary(q => q.Key, q => (IReadOnlyList<string>)[.. q.Value.OfType<string>().Where(v => v.Length > 0)], StringComparer.Ordinal);
            var question = ReportQuestion.Read(report, words, new ReportClock(time.GetUtcNow(), options.Reporting.TimeZone));
            using var sources = new ReportSources(dataDirectory, time) { Options = options, Live = services.GetRequiredService<LiveState>() };
            var table = await report.AskAsync(question, sources, cancellationToken);
            if (format == "json")
                return Results.Bytes(ReportJson.Of(question, table), "application/json");
            var text = new StringWriter();
            ReportText.WriteCsv(text, table);
            return Results.Text(text.ToString(), "text/csv");
        }
        catch (ReportMistakeException e)
        {
            return SluiceApi.Mistake(StatusCodes.Status400BadRequest, e.Message);
        }
        catch (CouldNotRunException e) when (e.InnerException is null)
        {
            // What was asked for is not there, which is no fault of the server's.
            return SluiceApi.Mistake(StatusCodes.Status404NotFound, e.Message);
        }
    }

    private static string FormatOf(IQueryCollection query) => query[Format].ToString() switch
    {
        "" or "json" => "json",
        "csv" => "csv",
        var other => throw new ReportMistakeException($"format '{PlainText.Of(other)}' is none; write json or csv."),
    };

    private static IResult NoSuch(string name)
    {
        string[] names = [.. ReportCatalog.All.Select(r => r.Name)];
        var near = NearestName.Of(name, names) is { } meant ? $"did you mean '{meant}'?" : $"there are {string.Join(", ", names)}.";
        return SluiceApi.Mistake(StatusCodes.Status404NotFound, $"There is no report '{PlainText.Of(name)}'; {near}");
    }
}
