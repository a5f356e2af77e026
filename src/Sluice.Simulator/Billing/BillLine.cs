using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Billing;

/// <summary>All that tells one line of the bill from another. AWS sums everything within it; there are no lines by request.</summary>
internal readonly record struct BillKey
{
    public required DateTimeOffset Hour { get; init; }

    /// <summary>The base model, or null for a guardrail of its own.</summary>
    public required string? Model { get; init; }

    public required UsageKind Kind { get; init; }

    /// <summary>What the price depends on beside the model, such as a resolution; empty for most models.</summary>
    public string Variant { get; init; }

    public required string Region { get; init; }

    public bool IsGlobal { get; init; }

    public ServiceTier Tier { get; init; }

    public bool LatencyOptimized { get; init; }

    public bool IsLongContext { get; init; }

    public bool IsMantle { get; init; }

    public bool Streamed { get; init; }

    public required string AccountId { get; init; }

    public required string PrincipalArn { get; init; }

    /// <summary>The id of the application inference profile, or null.</summary>
    public string? ProfileId { get; init; }

    public static BillKey For(Call call, UsageKind kind, PriceRow? row) => new()
    {
        Hour = new DateTimeOffset(call.Time.UtcDateTime.Date.AddHours(call.Time.UtcDateTime.Hour), TimeSpan.Zero),
        Model = kind is >= UsageKind.GuardrailContentUnit and <= UsageKind.GuardrailImageUnit ? null : call.Target?.Model.Id,
        Kind = kind,
        Variant = call.PriceVariant,
        Region = call.Caller.Region,
        IsGlobal = call.Target?.Profile == "global",
        Tier = call.Tier,
        LatencyOptimized = call.LatencyOptimized,
        IsLongContext = row is { AboveTokens: > 0 },
        IsMantle = call.IsMantle,
        Streamed = call.Streamed,
        AccountId = call.Caller.AccountId,
        PrincipalArn = call.Caller.PrincipalArn,
        ProfileId = call.Target?.ApplicationProfile?.Id,
    };
}

/// <summary>What has come together on one line.</summary>
/// <param name="Row">The price, or null where the book has none.</param>
internal sealed class BillLine(PriceRow? row, SimulatedProfile? profile)
{
    public PriceRow? Row { get; } = row;

    public SimulatedProfile? Profile { get; } = profile;

    public decimal Quantity { get; set; }

    /// <summary>Stays 0 on a line without a price, whose cost is unknown.</summary>
    public Money Cost { get; set; }
}
