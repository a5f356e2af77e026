using Sluice.Commands;
using Sluice.Commands.Import;
using Sluice.Commands.Reports;
using Sluice.Commands.Spend;
using Sluice.Insights.Reports;
using Sluice.Insights.Spend;
using Sluice.Ledger.Queries;
using Sluice.Output;

namespace Sluice.Api;

/// <summary>Spend and its reports over HTTP, in the words of <c>sluice spend</c> and <c>sluice report</c>.</summary>
internal static class SpendApi
{
    /// <summary><c>?basis=metered|billed&amp;by=app,model&amp;where=team=x&amp;from=2026-11-01&amp;to=...&amp;cost=...&amp;all_services=true&amp;related=true&amp;format=json|csv</c></summary>
    public static async Task<IResult> SpendAsync(HttpContext context, string dataDirectory, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (!TryBasis(query["basis"], SpendBasis.Metered, out var basis, out var wrongBasis))
            return Bad(wrongBasis);
        var (dimensions, mistake) = SpendFilter.Dimensions(query["by"].Count > 0 ? query["by"].OfType<string>() : basis == SpendBasis.Billed ? BilledSpend.DefaultBy : ["app,model"], basis);
        var (filters, secondMistake) = SpendFilter.Filters(query["where"].OfType<string>(), basis);
        var (all, related) = (query["all_services"] == "true", query["related"] == "true");
        if (!SluiceApi.TryRange(query, out var from, out var to, out var wrongRange))
            mistake ??= wrongRange;
        if ((mistake ?? secondMistake ?? WrongCost(query["cost"]) ?? BilledSpend.Mistake(basis, query["cost"], all, related)) is { } wrong)
            return Bad(wrong);
        if (basis == SpendBasis.Billed)
        {
            return Answered(() =>
            {
                var asked = BilledSpend.Query(from, to, dimensions, filters, query["cost"], all, related);
                using var store = CostStores.OpenExisting(dataDirectory, TimeProvider.System);
                return Text(query["format"], (output, format) => BillListing.Write(output, asked, BillSpend.Ask(store, asked), format));
            });
        }
        using var reader = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        return SluiceApi.Table(SpendListing.Of(dimensions, reader.Spend(new SpendQuery { From = from, To = to, GroupBy = dimensions, Filters = filters })), query["format"]);
    }

    /// <summary><c>/api/reports/NAME?basis=...&amp;where=...&amp;from=...&amp;to=...&amp;cost=...&amp;format=json|csv</c></summary>
    public static async Task<IResult> ReportAsync(string name, HttpContext context, string dataDirectory, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (!ReportBook.All.Any(r => r.Name == name))
            return SluiceApi.Mistake(StatusCodes.Status404NotFound, $"There is no report '{name}'; there are {string.Join(", ", ReportBook.All.Select(r => r.Name))}.");
        if (!TryBasis(query["basis"], ReportsCommand.BasisOf(name), out var basis, out var wrongBasis))
            return Bad(wrongBasis);
        var (filters, mistake) = SpendFilter.Filters(query["where"].OfType<string>(), basis);
        if (!SluiceApi.TryRange(query, out var from, out var to, out var wrongRange))
            mistake ??= wrongRange;
        if ((mistake ?? WrongCost(query["cost"]) ?? BilledSpend.Mistake(basis, query["cost"], allServices: false, related: false)) is { } wrong)
            return Bad(wrong);
        var asked = new ReportQuery { From = from, To = to, Filters = filters, Cost = BilledSpend.CostOf(query["cost"]) };
        try
        {
            var report = await ReportsCommand.AnswerAsync(name, basis, asked, dataDirectory, TimeProvider.System, cancellationToken);
            return Text(query["format"], (output, format) => ReportListing.Write(output, report, format));
        }
        catch (CouldNotRunException e)
        {
            return SluiceApi.Mistake(StatusCodes.Status404NotFound, e.Message);
        }
    }

    private static IResult Text(string? asked, Action<TextWriter, OutputFormat> write)
    {
        var text = new StringWriter();
        var format = asked == "csv" ? OutputFormat.Csv : OutputFormat.Json;
        write(text, format);
        return Results.Text(text.ToString(), format == OutputFormat.Csv ? "text/csv" : "application/json");
    }

    /// <summary>A store that isn't there is no fault of the server's.</summary>
    private static IResult Answered(Func<IResult> answer)
    {
        try
        {
            return answer();
        }
        catch (CouldNotRunException e)
        {
            return SluiceApi.Mistake(StatusCodes.Status404NotFound, e.Message);
        }
    }

    private static bool TryBasis(string? text, SpendBasis otherwise, out SpendBasis basis, out string mistake)
    {
        var found = string.IsNullOrEmpty(text) ? otherwise : SpendBasis.Find(text);
        (basis, mistake) = (found ?? otherwise, $"basis '{text}' is none; write metered or billed.");
        return found is not null;
    }

    private static string? WrongCost(string? text) => text is null or "effective" or "billed" or "list" ? null : $"cost '{text}' is none; write effective, billed or list.";

    private static IResult Bad(string message) => SluiceApi.Mistake(StatusCodes.Status400BadRequest, message);
}
