using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Metering;

namespace Sluice.Gateway.Stages.Recording.Estimates;

/// <summary>
/// Learns from calls whose usage was reported what a byte of a model's and app's text comes to and what its cache does with marked prefixes, and
/// puts that in place of what a reply that broke off leaves to be guessed. Memory is bounded, and the same calls in the same order give
/// the same estimates. Safe to use from several threads.
/// </summary>
public sealed class UsageEstimates
{
    /// <summary>How a usage is estimated of which all counts were told, and something else was not.</summary>
    public const string AllReported = "input:reported output:reported";

    /// <summary>Pairs of model and app beyond these share what is known of their model, and models beyond these what is known of all.</summary>
    private const int MaxTallies = 2_048, MaxModels = 256;

    /// <summary>No call has as much; an upstream that reports it must not make a sum overflow.</summary>
    private const long Absurd = 1_000_000_000;

    /// <summary>Of fewer calls than this of an app, the model's are the better guide.</summary>
    private const int FewCalls = 20;

    private readonly ConcurrentDictionary<(string Model, string App), UsageTally> _tallies = new();
    private readonly ConcurrentDictionary<string, UsageTally> _models = new(StringComparer.Ordinal);
    private readonly UsageTally _others = new();
    private readonly PrefixUses _prefixes = new();

    /// <summary>Learns from a reply that told its usage; of another, replaces what was guessed.</summary>
    /// <param name="reply">The call and what was read of its reply.</param>
    /// <returns>The usage, and how it was estimated; null for the latter where nothing was.</returns>
    internal (Usage? Usage, string? EstimatedBy) Settle(in MeteredReply reply)
    {
        if (reply.Reading.Usage is not { } usage)
            return (null, null);
        if (usage.Source == UsageSource.Measured)
        {
            if (usage is { ContextTokens: > 0 and < Absurd, Output: < Absurd } && reply.PlainBytes < Absurd && reply.Facts.EstimatedInputTokens > 0)
                Learn(reply, usage);
            return (usage, null);
        }
        return reply.Reading.Guessed == GuessedCounts.None ? (usage, AllReported) : Estimate(reply, usage);
    }

    private void Learn(in MeteredReply reply, Usage usage)
    {
        var prefix = PrefixOf(reply);
        var isNew = prefix != 0 && _prefixes.Find(prefix, reply.StartedAt) is null;
        ModelTally(reply.Model).Learn(reply, usage, isNew);
        if (reply.App is { } app && AppTally(reply.Model, app, mayAdd: true) is { } tally)
            tally.Learn(reply, usage, isNew);
        if (prefix != 0)
            _prefixes.Set(prefix, usage.CacheRead + usage.CacheWrite5m + usage.CacheWrite1h, reply.StartedAt, reply.Facts.CacheLifetimes);
    }

    private (Usage Usage, string EstimatedBy) Estimate(in MeteredReply reply, Usage usage)
    {
        var tally = reply.App is { } app && AppTally(reply.Model, app, mayAdd: false) is { Calls: >= FewCalls } own ? own : ModelTally(reply.Model);
        var (input, output) = ("reported", "reported");
        if (reply.Reading.Guessed.HasFlag(GuessedCounts.Input))
        {
            var cached = PrefixOf(reply) is not 0 and var prefix ? _prefixes.Find(prefix, reply.StartedAt) : null;
            (usage, input) = tally.EstimateInput(reply, usage, cached);
        }
        if (reply.Reading.Guessed.HasFlag(GuessedCounts.Output))
            (usage, output) = tally.EstimateOutput(reply.PlainBytes < Absurd ? reply : reply with { PlainBytes = 0 }, usage);
        return (usage, $"input:{input} output:{output}");
    }

    /// <summary>The hash of what a call's markers cover, for its model; 0 where it has none.</summary>
    private static ulong PrefixOf(in MeteredReply reply) => reply.IsMarked
        ? Math.Max(1UL, Levers.Planning.ConversationKey.Hash(reply.Facts.MarkedPrefix.Hash, MemoryMarshal.AsBytes(reply.Model.AsSpan())))
        : 0;

    private UsageTally ModelTally(string model) => _models.TryGetValue(model, out var known) ? known
        : _models.Count >= MaxModels ? _others
        : _models.GetOrAdd(model, static _ => new UsageTally());

    private UsageTally? AppTally(string model, string app, bool mayAdd) => _tallies.TryGetValue((model, app), out var known) ? known
        : !mayAdd || _tallies.Count >= MaxTallies ? null
        : _tallies.GetOrAdd((model, app), static _ => new UsageTally());
}
