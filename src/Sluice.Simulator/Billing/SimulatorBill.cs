using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Billing;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator;

/// <summary>What AWS would charge for all that was answered, counted by the simulator alone. Safe to share between threads.</summary>
public sealed class SimulatorBill
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BillKey, BillLine> _lines = [];
    private readonly PriceBook _prices;
    private Money _total;

    internal SimulatorBill(PriceBook prices) => _prices = prices;

    /// <summary>The sum of all lines that have a price.</summary>
    public decimal TotalUsd
    {
        get { lock (_gate) return _total.Usd; }
    }

    /// <summary>Calls on the bill.</summary>
    public long Calls { get; private set; }

    /// <summary>Calls on the bill with at least one count that the price book has no price for; <see cref="TotalUsd"/> lacks those counts.</summary>
    public long UnpricedCalls { get; private set; }

    /// <summary>Changes whenever the bill does.</summary>
    internal long Version { get; private set; }

    /// <summary>The lines as they stand, by hour and usage type.</summary>
    public IReadOnlyList<BillRow> Rows()
    {
        lock (_gate)
        {
            return [.. _lines.Select(pair => ToRow(pair.Key, pair.Value))
                .OrderBy(row => row.Hour).ThenBy(row => row.UsageType, StringComparer.Ordinal)
                .ThenBy(row => row.AccountId, StringComparer.Ordinal).ThenBy(row => row.PrincipalArn, StringComparer.Ordinal)
                .ThenBy(row => row.ResourceId, StringComparer.Ordinal).ThenBy(row => row.Operation, StringComparer.Ordinal)];
        }
    }

    internal void Add(Call call)
    {
        var model = call.Target?.Model.Id ?? "amazon.bedrock-guardrails";
        var identity = new PriceIdentity
        {
            Model = model + call.PriceVariant,
            Region = call.Caller.Region,
            Profile = call.Target?.Profile,
            Tier = call.Tier,
            LatencyOptimized = call.LatencyOptimized,
        };
        var cost = _prices.Price(identity, call.Usage, call.Time);
        lock (_gate)
        {
            foreach (var line in cost.Lines)
                AddLine(call, line.Kind, line.Quantity, line.Row, line.Amount);
            foreach (var kind in cost.Unpriced)
                AddLine(call, kind, call.Usage.Count(kind), null, Money.Zero);
            Calls++;
            if (!cost.Unpriced.IsEmpty)
                UnpricedCalls++;
            Version++;
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _lines.Clear();
            _total = Money.Zero;
            Calls = UnpricedCalls = 0;
            Version++;
        }
    }

    private void AddLine(Call call, UsageKind kind, decimal quantity, PriceRow? row, Money amount)
    {
        var key = BillKey.For(call, kind, row);
        if (!_lines.TryGetValue(key, out var line))
            _lines[key] = line = new BillLine(row, call.Target?.ApplicationProfile);
        line.Quantity += quantity;
        line.Cost += amount;
        _total += amount;
    }

    private static BillRow ToRow(in BillKey key, BillLine line)
    {
        var product = key.Model is null ? Product.Guardrails : Product.Of(key.Model);
        // What comes by the mantle endpoint is billed by AWS itself, whoever made the model.
        if (key.IsMantle)
            product = product with { Family = BillFamily.Bedrock, ServiceName = "Amazon Bedrock", ProductCode = "AmazonBedrock" };
        var (per, unit) = Unit(key.Kind, product.Family);
        return new BillRow
        {
            Hour = key.Hour,
            AccountId = key.AccountId,
            PrincipalArn = key.PrincipalArn,
            Region = key.Region,
            ProductCode = product.ProductCode,
            ServiceName = product.ServiceName,
            IsMarketplace = product.Family == BillFamily.Marketplace,
            UsageType = UsageTypes.Spell(product, key),
            Operation = key.Model is null ? "ApplyGuardrail" : key.Streamed ? "InvokeModelStreamingInference" : "InvokeModelInference",
            Amount = line.Quantity / per,
            PricingUnit = unit,
            RateUsd = line.Row is { } row ? row.Usd / row.Per * per : null,
            CostUsd = line.Row is null ? null : line.Cost.Usd,
            Model = key.Model,
            ResourceId = line.Profile is { } profile ? $"arn:aws:bedrock:{key.Region}:{key.AccountId}:application-inference-profile/{profile.Id}" : null,
            ResourceTags = line.Profile?.Tags ?? System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
        };
    }

    private static (decimal Per, string Name) Unit(UsageKind kind, BillFamily family) => kind switch
    {
        _ when kind.IsToken() => family == BillFamily.Marketplace ? (1_000_000m, "Units") : (1_000m, "1K tokens"),
        UsageKind.SearchUnit => (1m, family == BillFamily.Marketplace ? "Units" : "search units"),
        UsageKind.OutputImage or UsageKind.InputImage => (1m, family == BillFamily.Marketplace ? "Units" : "image"),
        UsageKind.RouterRequest or UsageKind.WebSearch => (1m, "Requests"),
        UsageKind.OutputVideoSecond => (1m, "Second"),
        _ => (1m, "TextUnits"),
    };
}
