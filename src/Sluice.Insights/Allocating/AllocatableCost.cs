namespace Sluice.Insights.Allocating;

/// <summary>Money to be allocated, with all that rules may ask about it. What is not known is empty.</summary>
public sealed record AllocatableCost
{
    /// <summary>Null where the cost is not known; it is then in no sum.</summary>
    public required decimal? Amount { get; init; }

    /// <summary>The ISO 4217 code; money of different currencies is allocated apart.</summary>
    public required string Currency { get; init; }

    /// <summary>Tokens, which costs can be split by.</summary>
    public decimal Tokens { get; init; }

    /// <summary>Calls or lines in it whose cost is not known.</summary>
    public long Unpriced { get; init; }

    public string Provider { get; init; } = "";

    public string Service { get; init; } = "";

    public string Model { get; init; } = "";

    public string Account { get; init; } = "";

    public string Project { get; init; } = "";

    public string Region { get; init; } = "";

    /// <summary>Who called, such as an IAM principal's ARN.</summary>
    public string Principal { get; init; } = "";

    /// <summary>The gateway's key.</summary>
    public string Key { get; init; } = "";

    public string UsageType { get; init; } = "";

    /// <summary>Usage, tax, credit and so on.</summary>
    public string Category { get; init; } = "";

    /// <summary>Of keys, requests, inference profiles, principals and resources alike.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
