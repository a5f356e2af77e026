using Sluice.Insights.Store;

namespace Sluice.Insights.Spend;

/// <summary>
/// Which charges belong to AI workloads though they are no generative AI. A service that carries such workloads carries others too, so a
/// charge counts where it is for such a service and its app, team or task tag also stands on charges of generative AI.
/// </summary>
public sealed class RelatedCharges
{
    /// <summary>Documents, code, addresses, search, logs: what the integrations of Bedrock with other services are made of, and the same of other clouds.</summary>
    private static readonly string[] Names =
    [
        "Simple Storage Service", "AmazonS3", "Lambda", "API Gateway", "ApiGateway", "OpenSearch", "Amazon ES", "AmazonES", "Kendra", "CloudWatch", "Step Functions", "AmazonStates",
        "DynamoDB", "ElastiCache", "Neptune", "SageMaker", "Textract", "Transcribe", "Comprehend",
        "Azure Functions", "Functions", "API Management", "AI Search", "Cognitive Search", "Cosmos DB",
        "Cloud Run", "Cloud Storage", "Vertex AI Search",
    ];

    private readonly HashSet<string> _apps = new(StringComparer.Ordinal);
    private readonly HashSet<string> _teams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tasks = new(StringComparer.Ordinal);

    /// <param name="slices">All there are; those of generative AI give the tags.</param>
    internal RelatedCharges(IEnumerable<CostSlice> slices)
    {
        foreach (var slice in slices)
        {
            if (!slice.IsGenerativeAi)
                continue;
            _apps.Add(slice.App);
            _teams.Add(slice.Team);
            _tasks.Add(slice.Task);
        }
        foreach (var tags in (HashSet<string>[])[_apps, _teams, _tasks])
        {
            tags.Remove("");
            tags.Remove(JsonTags.Unreadable);
        }
    }

    /// <summary>Whether a service carries AI workloads, by a part of its name.</summary>
    public static bool Carries(string service) => Array.Exists(Names, n => service.Contains(n, StringComparison.OrdinalIgnoreCase));

    internal bool SharesTag(CostSlice slice) => _apps.Contains(slice.App) || _teams.Contains(slice.Team) || _tasks.Contains(slice.Task);

    /// <summary>The value of <see cref="BillDimensions.Workload"/>.</summary>
    internal string Workload(CostSlice slice)
    {
        if (slice.IsGenerativeAi)
            return "generative_ai";
        return Carries(slice.Service) && SharesTag(slice) ? "related" : "other";
    }
}
