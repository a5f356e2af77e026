using System.Runtime.InteropServices;

namespace Sluice.Insights.Allocating;

/// <summary>
/// Gives every cost to those who have it: first by a rule that is also for tagged costs, then by its tag, then by the first rule that fits. Shared costs
/// are split at the end, by what was given directly. Pure: it reads nothing and keeps only sums.
/// </summary>
public sealed class Allocator
{
    /// <summary>What steps of no rule are called.</summary>
    public const string NoRule = "no tag, no rule";

    private readonly AllocationPlan _plan;
    private readonly Dictionary<(string? Name, string Currency), (decimal Direct, decimal Shared, decimal Tokens, long Unpriced)> _rows = [];
    private readonly Dictionary<(int Order, string Rule, string? Name, string Currency), (decimal Amount, long Rows)> _steps = [];
    private readonly Dictionary<(int Rule, string Currency), (decimal Amount, long Unpriced, long Rows)> _pools = [];
    private readonly Dictionary<string, decimal> _totals = new(StringComparer.Ordinal);

    private Allocator(AllocationPlan plan) => _plan = plan;

    public static Allocation Allocate(IEnumerable<AllocatableCost> costs, AllocationPlan plan)
    {
        var allocator = new Allocator(plan);
        foreach (var cost in costs)
            allocator.Add(cost);
        allocator.SplitPools();
        return allocator.Result();
    }

    private void Add(AllocatableCost cost)
    {
        _totals[cost.Currency] = _totals.GetValueOrDefault(cost.Currency) + (cost.Amount ?? 0);
        var tag = _plan.TagOf(cost);
        for (var i = 0; i < _plan.Rules.Count; i++)
        {
            var rule = _plan.Rules[i];
            if ((tag is null || rule.IncludesTagged) && rule.Fits(cost))
            {
                if (rule.To is { } to)
                    GiveDirectly(i + 1, rule.Name, to, cost);
                else
                    Pool(i, cost);
                return;
            }
        }
        if (tag is { } found)
            GiveDirectly(0, $"tag {found.Tag}", found.Value, cost);
        else
            GiveDirectly(int.MaxValue, NoRule, null, cost);
    }

    private void GiveDirectly(int order, string rule, string? name, AllocatableCost cost)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (name, cost.Currency), out _);
        row = (row.Direct + (cost.Amount ?? 0), row.Shared, row.Tokens + cost.Tokens, row.Unpriced + cost.Unpriced);
        Note(order, rule, name, cost.Currency, cost.Amount ?? 0, 1);
    }

    private void Pool(int rule, AllocatableCost cost)
    {
        ref var pool = ref CollectionsMarshal.GetValueRefOrAddDefault(_pools, (rule, cost.Currency), out _);
        pool = (pool.Amount + (cost.Amount ?? 0), pool.Unpriced + cost.Unpriced, pool.Rows + 1);
    }

    private void SplitPools()
    {
        // What was given directly decides, whatever the order in which the pools are split.
        var direct = _rows.Where(r => r.Key.Name is not null).ToDictionary(r => (r.Key.Name!, r.Key.Currency), r => (r.Value.Direct, r.Value.Tokens));
        foreach (var ((number, currency), pool) in _pools.OrderBy(p => p.Key.Rule).ThenBy(p => p.Key.Currency, StringComparer.Ordinal))
        {
            var rule = _plan.Rules[number];
            var weights = Weights(rule, currency, direct);
            if (weights.Count == 0)
            {
                Share(number, rule.Name + ": nobody to split among", null, currency, pool.Amount, pool.Unpriced, pool.Rows);
                continue;
            }
            var parts = ExactSplit.Split(pool.Amount, [.. weights.Select(w => w.Weight)]);
            foreach (var (i, (name, _)) in weights.Index())
                Share(number, rule.Name, name, currency, parts[i], 0, 0);
            // Calls without a cost can't be split; they stay visible with nobody.
            if (pool.Unpriced > 0)
                Share(number, rule.Name + ": cost not known", null, currency, 0, pool.Unpriced, 0);
        }
    }

    private static List<(string Name, decimal Weight)> Weights(AllocationRule rule, string currency, Dictionary<(string Name, string Currency), (decimal Direct, decimal Tokens)> direct)
    {
        var names = rule.Split == SplitBy.Shares ? rule.Shares.Keys : rule.Among.Count > 0 ? rule.Among : direct.Keys.Where(k => k.Currency == currency).Select(k => k.Name);
        return
        [
            .. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(name => (name, Weight: rule.Split switch
                {
                    SplitBy.Usage => Math.Max(0, direct.GetValueOrDefault((name, currency)).Direct),
                    SplitBy.Tokens => Math.Max(0, direct.GetValueOrDefault((name, currency)).Tokens),
                    SplitBy.Evenly => 1,
                    _ => rule.Shares[name],
                }))
                .Where(w => w.Weight > 0),
        ];
    }

    private void Share(int rule, string step, string? name, string currency, decimal amount, long unpriced, long rows)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (name, currency), out _);
        row = (row.Direct, row.Shared + amount, row.Tokens, row.Unpriced + unpriced);
        Note(rule + 1, step, name, currency, amount, rows);
    }

    private void Note(int order, string rule, string? name, string currency, decimal amount, long rows)
    {
        ref var step = ref CollectionsMarshal.GetValueRefOrAddDefault(_steps, (order, rule, name, currency), out _);
        step = (step.Amount + amount, step.Rows + rows);
    }

    private Allocation Result() => new(
        [.. _rows.Select(r => new AllocatedCost(r.Key.Name, r.Key.Currency, r.Value.Direct, r.Value.Shared, r.Value.Unpriced))
            .OrderBy(r => r.Name is null).ThenByDescending(r => r.Total).ThenBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Currency, StringComparer.Ordinal)],
        [.. _steps.OrderBy(s => s.Key.Order).ThenBy(s => s.Key.Rule, StringComparer.Ordinal).ThenByDescending(s => s.Value.Amount).ThenBy(s => s.Key.Name, StringComparer.Ordinal)
            .Select(s => new AllocationStep(s.Key.Rule, s.Key.Name, s.Key.Currency, s.Value.Amount, s.Value.Rows))],
        _totals);
}
