using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Planning;
using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Replays;

/// <summary>What a trace would have cost, without and with levers.</summary>
public sealed record ReplayResult
{
    public required long Requests { get; init; }

    public required Money Baseline { get; init; }

    public required Money Cost { get; init; }

    /// <summary>The baseline's part that is for input.</summary>
    public required Money InputBaseline { get; init; }

    public required Money InputCost { get; init; }

    public required IReadOnlyList<ReplayedLever> Levers { get; init; }

    /// <summary>The limits of tokens that AWS would have reserved quota by, as a share of those without the output lever; null where it is off.</summary>
    public double? ReservedRatio { get; init; }
}

/// <summary>
/// Runs a trace through the levers' own policies and the price book, against a virtual prompt cache and the trace's own clock. A
/// trace has no text, so what needs some (trimming) can't act, and says so.
/// </summary>
public sealed class TraceReplay(PriceBook prices, PriceIdentity identity, LeverOptions options, DateTimeOffset pricedAt)
{
    /// <summary>What a caller without a limit of its own is taken to leave to the model, as many SDK examples do.</summary>
    private const long CallersLimit = 4096;

    private static readonly CachePartition Partition = new("replay", "trace", "model", "region", "profile");

    /// <param name="requests">In order of time.</param>
    /// <param name="readableAtEveryBlock">As published simulations of traces have it; AWS documents reads at cache points only.</param>
    /// <exception cref="InvalidOperationException">The book has no price for the model.</exception>
    public ReplayResult Run(IReadOnlyList<TraceRequest> requests, bool readableAtEveryBlock)
    {
        var rules = options.ModeOf(Lever.Mark) == LeverMode.On && CachingRules.Find(identity.Model, pricedAt) is { } caching
            ? ModelCacheRules.Of(caching, prices, identity, 0, pricedAt)
            : null;
        if (rules is not null && readableAtEveryBlock)
            rules = rules with { ReadableAtEveryBlock = true, Lookback = int.MaxValue };
        var cache = rules is null ? null : new VirtualPromptCache(rules);
        var learner = new PrefixLearner(options.Mark);
        var learned = new LearnedMaximum(options.Output);
        var answers = new RecalledTrace(options);
        var (baseline, cost, inputBaseline, inputCost) = (Money.Zero, Money.Zero, Money.Zero, Money.Zero);
        var (marked, recalled) = (0L, 0L);
        var (markSaving, recallSaving) = (Money.Zero, Money.Zero);
        var (asked, reserved) = (0.0, 0.0);
        foreach (var request in requests)
        {
            var plain = new Usage { Input = request.InputTokens, Output = request.OutputTokens };
            var (plainCost, plainInput) = Price(plain);
            baseline += plainCost;
            inputBaseline += plainInput;
            if (answers.Has(request))
            {
                recalled++;
                recallSaving += plainCost;
                continue;
            }
            asked += CallersLimit;
            reserved += learned.For(task: 0, CallersLimit) ?? CallersLimit;
            learned.Observe(task: 0, request.OutputTokens, wasCut: false);
            var usage = plain;
            if (cache is not null && !request.Spans.IsEmpty)
            {
                var prompt = request.Spans.AsSpan();
                var plan = learner.Plan(Partition, prompt, rules!, request.At);
                usage = cache.Send(prompt, plan.Points.AsSpan(), request.At, request.OutputTokens);
                learner.Observe(Partition, prompt, plan, rules!, usage);
                if (!plan.Points.IsEmpty)
                    marked++;
            }
            var (paid, paidInput) = Price(usage);
            cost += paid;
            inputCost += paidInput;
            markSaving += plainCost - paid;
        }
        return new ReplayResult
        {
            Requests = requests.Count,
            Baseline = baseline,
            Cost = cost,
            InputBaseline = inputBaseline,
            InputCost = inputCost,
            Levers = Levers(rules is not null, requests, new(marked, markSaving), new(recalled, recallSaving)),
            ReservedRatio = options.ModeOf(Lever.Output) == LeverMode.On && asked > 0 ? reserved / asked : null,
        };
    }

    private List<ReplayedLever> Levers(bool canMark, IReadOnlyList<TraceRequest> requests, Sum mark, Sum recall)
    {
        var tellsPrompts = requests.Any(r => !r.Spans.IsEmpty);
        return
        [
            .. LeverNames.All.Where(lever => options.ModeOf(lever) == LeverMode.On).Select(lever => lever switch
            {
                Lever.Mark when !tellsPrompts => new ReplayedLever(lever.Name(), 0, null, "not known: the trace does not tell what prompts have in common"),
                Lever.Mark => new ReplayedLever(lever.Name(), mark.Calls, mark.Saving, canMark ? null : "the model has no caching rule or no cache prices"),
                Lever.Recall => new ReplayedLever(lever.Name(), recall.Calls, recall.Saving,
                    options.Recall.Sampled ? "whole prompts that were the same" : "the trace tells no temperature, and 'sampled' is not set"),
                Lever.Output => new ReplayedLever(lever.Name(), 0, Money.Zero, "saves quota, not money"),
                Lever.Place => new ReplayedLever(lever.Name(), 0, Money.Zero, "a trace's model is priced where --model has it"),
                Lever.Coalesce => new ReplayedLever(lever.Name(), 0, null, "not known: the trace does not tell which calls were in flight together"),
                _ => new ReplayedLever(lever.Name(), 0, null, "not known: the trace has no text"),
            }),
        ];
    }

    private (Money Cost, Money Input) Price(Usage usage)
    {
        var cost = prices.Price(identity, usage, pricedAt);
        if (cost.Total is not { } total)
            throw new InvalidOperationException($"There is no price for {string.Join(", ", cost.Unpriced.Select(k => k.Name()))} of {identity.Model} in {identity.Region}; name another model with --model, or give the price in the configuration.");
        var output = cost.Lines.Where(l => l.Kind == UsageKind.Output).Aggregate(Money.Zero, (sum, line) => sum + line.Amount);
        return (total, total - output);
    }

    private readonly record struct Sum(long Calls, Money Saving);

    /// <summary>Which requests of a trace the response cache would have answered.</summary>
    private sealed class RecalledTrace(LeverOptions options)
    {
        private readonly bool _isOn = options.ModeOf(Lever.Recall) == LeverMode.On && options.Recall.Sampled;
        private readonly Dictionary<(ulong Hash, int Tokens), DateTimeOffset> _answered = [];

        public bool Has(TraceRequest request)
        {
            if (!_isOn || request.Spans.IsEmpty)
                return false;
            var key = (request.Spans[^1].Hash, request.InputTokens);
            if (_answered.TryGetValue(key, out var at) && request.At - at <= options.Recall.Lifetime)
                return true;
            _answered[key] = request.At;
            return false;
        }
    }
}
