using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sluice.Reports;

namespace Sluice.Api;

/// <summary>The OpenAPI document of the catalogue: a path for each report, with its parameters and the columns of its rows.</summary>
internal static class CatalogDocument
{
    private static readonly string[] NullableMembers = ["basis", "cost_basis", "currency", "from", "to", "complete_until", "next_cursor"];

    public static IServiceCollection AddCatalogDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // What is not of the catalogue is Bedrock's API, or needs no client.
        options.ShouldInclude = _ => false;
        options.AddDocumentTransformer((document, _, _) =>
        {
            Fill(document);
            return Task.CompletedTask;
        });
    });

    private static void Fill(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sluice",
            Version = typeof(CatalogDocument).Assembly.GetName().Version?.ToString(3) ?? "0",
            Description = "What Sluice knows of calls, costs, savings and bills. Money and other exact numbers are strings; what is not known is null.",
        };
        document.Paths = [];
        foreach (var report in ReportCatalog.All)
        {
            document.Paths.Add($"/api/reports/{report.Name}", new OpenApiPathItem
            {
                Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Get] = Operation(report) },
            });
        }
    }

    private static OpenApiOperation Operation(Report report) => new()
    {
        OperationId = report.Name,
        Summary = report.Summary,
        Description = report.Help.Split("Examples:")[0].Trim(),
        Parameters = [.. report.Parameters.Select(Parameter), Format()],
        Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "The answer.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new OpenApiMediaType { Schema = Answer(report) },
                    ["text/csv"] = new OpenApiMediaType { Schema = Of(JsonSchemaType.String) },
                },
            },
            ["400"] = new OpenApiResponse { Description = "The question can't be asked so; detail says why." },
            ["403"] = new OpenApiResponse { Description = "It needs an admin key." },
            ["404"] = new OpenApiResponse { Description = "What it needs is not there." },
            ["503"] = new OpenApiResponse { Description = "It can't be answered now." },
        },
    };

    private static IOpenApiParameter Parameter(ReportParameter parameter)
    {
        var value = Of(parameter.IsFlag ? JsonSchemaType.Boolean : JsonSchemaType.String);
        if (parameter.Choices.Count > 0 && !parameter.IsFlag)
            value.Enum = [.. parameter.Choices.Select(c => (JsonNode)c)];
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Required = parameter.IsArgument,
            Description = parameter.Default is { } otherwise ? $"{parameter.Summary}. Default: {otherwise}." : $"{parameter.Summary}.",
            Schema = parameter.IsList ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = value } : value,
        };
    }

    private static OpenApiParameter Format() => new()
    {
        Name = "format",
        In = ParameterLocation.Query,
        Description = "json, or csv with the rows alone.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["json", "csv"] },
    };

    private static OpenApiSchema Answer(Report report)
    {
        var rows = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Row(report.Columns) };
        var members = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["report"] = Of(JsonSchemaType.String),
            ["parameters"] = Of(JsonSchemaType.Object),
            ["time_zone"] = Of(JsonSchemaType.String),
            ["columns"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(JsonSchemaType.Object) },
            ["rows"] = rows,
            ["totals"] = rows,
            ["notes"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(JsonSchemaType.String) },
        };
        foreach (var name in NullableMembers)
            members[name] = Of(JsonSchemaType.String | JsonSchemaType.Null);
        return new OpenApiSchema { Type = JsonSchemaType.Object, Properties = members };
    }

    /// <summary>What rows are grouped by is a matter of the question, so there may be more members than these.</summary>
    private static OpenApiSchema Row(IReadOnlyList<ReportColumn> columns) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = columns.Where(c => c.IsForPrograms).ToDictionary(c => c.Name, c => (IOpenApiSchema)new OpenApiSchema
        {
            Type = TypeOf(c.Type) | JsonSchemaType.Null,
            Description = c.Type.Unit() is { } unit ? $"{c.Meaning}, in {unit}." : $"{c.Meaning}.",
        }, StringComparer.Ordinal),
    };

    private static JsonSchemaType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Count or ColumnType.Tokens => JsonSchemaType.Integer,
        ColumnType.Milliseconds => JsonSchemaType.Number,
        ColumnType.Flag => JsonSchemaType.Boolean,
        ColumnType.Text or ColumnType.Usd or ColumnType.Amount or ColumnType.Number or ColumnType.Share or ColumnType.Percent or ColumnType.Moment => JsonSchemaType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private static OpenApiSchema Of(JsonSchemaType type) => new() { Type = type };
}
