using System.Buffers;
using System.Collections.Immutable;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Invocations;

/// <summary>
/// An invocation as one JSON object: the form of the ledger's journal and of its export, with stable snake_case names.
/// Every field is always present, null where it is not known; money is a string of plain decimal digits; times are UTC
/// with seven decimals. Reading gives back an equal record, skips fields that it does not know, and lets missing ones default.
/// </summary>
public static partial class InvocationJson
{
    /// <summary>Each kind's name as a JSON property, indexed by <see cref="UsageKind"/>.</summary>
    private static readonly byte[][] KindProperties = [.. UsageKinds.All.Select(k => System.Text.Encoding.UTF8.GetBytes($"\"{k.Name()}\":"))];

    /// <summary>The UTF-8 text of <paramref name="record"/>.</summary>
    public static byte[] ToUtf8(InvocationRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        Write(buffer, record);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the UTF-8 text of <paramref name="record"/>; it holds no line break. Allocates nothing where its strings are plain ASCII.</summary>
    public static void Write(IBufferWriter<byte> output, InvocationRecord record)
    {
        var json = new JsonSink(output);
        json.Raw("{\"invocation_id\":"u8);
        json.String(record.InvocationId);
        json.Raw(",\"started_at\":"u8);
        json.Time(record.StartedAt);
        json.Raw(",\"key_id\":"u8);
        json.String(record.KeyId);
        json.Raw(",\"tags\":{"u8);
        WriteTags(ref json, record.Tags);
        json.Raw("},\"operation\":"u8);
        json.String(record.Operation.Name());
        json.Raw(",\"dialect\":"u8);
        json.String(record.Dialect.Name());
        json.Raw(",\"streamed\":"u8);
        json.Boolean(record.Streamed);
        json.Raw(",\"requested_model\":"u8);
        json.String(record.RequestedModel);
        json.Raw(",\"served_model\":"u8);
        json.String(record.ServedModel);
        json.Raw(",\"region\":"u8);
        json.String(record.Region);
        json.Raw(",\"profile\":"u8);
        json.String(record.Profile);
        json.Raw(",\"scope\":"u8);
        json.String(record.Scope.Name());
        json.Raw(",\"tier\":"u8);
        json.String(record.Tier.Name());
        json.Raw(",\"latency_optimized\":"u8);
        json.Boolean(record.LatencyOptimized);
        WriteUsage(ref json, record.Usage);
        json.Raw(",\"cost_usd\":"u8);
        json.Dollars(record.Cost);
        json.Raw(",\"cost_unknown\":"u8);
        json.String(record.CostUnknown);
        json.Raw(",\"usage_suspect\":"u8);
        json.String(record.UsageSuspect);
        json.Raw(",\"answer_id\":"u8);
        json.String(record.AnswerId);
        json.Raw(",\"answer_pending\":"u8);
        json.Boolean(record.AnswerPending);
        json.Raw(",\"cost_by_kind\":{"u8);
        WriteCostByKind(ref json, record.CostByKind);
        json.Raw("},\"price_rows\":["u8);
        for (var i = 0; i < record.PriceRows.Length; i++)
        {
            if (i > 0)
                json.Raw(","u8);
            json.String(record.PriceRows[i]);
        }
        json.Raw("],\"baseline_usd\":"u8);
        json.Dollars(record.Baseline);
        json.Raw(",\"decisions\":["u8);
        for (var i = 0; i < record.Decisions.Length; i++)
            WriteDecision(ref json, i, record.Decisions[i]);
        json.Raw("],\"conversation\":"u8);
        json.String(record.Conversation);
        json.Raw(",\"control\":"u8);
        json.Boolean(record.Control);
        json.Raw(",\"held_back\":"u8);
        json.String(record.HeldBack);
        json.Raw(",\"repeat\":"u8);
        json.Boolean(record.Repeat);
        json.Raw(",\"outcome\":"u8);
        json.String(record.Outcome.Name());
        json.Raw(",\"stop_reason\":"u8);
        json.String(record.StopReason);
        json.Raw(",\"error\":"u8);
        json.String(record.Error);
        json.Raw(",\"attempts\":["u8);
        for (var i = 0; i < record.Attempts.Length; i++)
            WriteAttempt(ref json, i, record.Attempts[i]);
        json.Raw("],\"ttft_ms\":"u8);
        json.Number(record.TtftMs);
        json.Raw(",\"duration_ms\":"u8);
        json.Number(record.DurationMs);
        json.Raw(",\"request_bytes\":"u8);
        json.Number(record.RequestBytes);
        json.Raw(",\"reply_bytes\":"u8);
        json.Number(record.ReplyBytes);
        json.Raw("}"u8);
        json.Flush();
    }

    private static void WriteTags(ref JsonSink json, ImmutableSortedDictionary<string, string> tags)
    {
        if (tags.IsEmpty)
            return;
        var first = true;
        foreach (var (name, value) in tags)
        {
            if (!first)
                json.Raw(","u8);
            first = false;
            json.String(name);
            json.Raw(":"u8);
            json.String(value);
        }
    }

    private static void WriteCostByKind(ref JsonSink json, ImmutableSortedDictionary<UsageKind, Money> costs)
    {
        if (costs.IsEmpty)
            return;
        var first = true;
        foreach (var (kind, cost) in costs)
        {
            if (!first)
                json.Raw(","u8);
            first = false;
            json.Raw(KindProperties[(int)kind]);
            json.Dollars(cost);
        }
    }

    private static void WriteDecision(ref JsonSink json, int index, Decision decision)
    {
        json.Raw(index == 0 ? "{\"lever\":"u8 : ",{\"lever\":"u8);
        json.String(decision.Lever);
        json.Raw(",\"saving_usd\":"u8);
        json.Dollars(decision.Saving);
        json.Raw(",\"why\":"u8);
        json.String(decision.Why);
        json.Raw(",\"shadow\":"u8);
        json.Boolean(decision.IsShadow);
        json.Raw(",\"estimated\":"u8);
        json.Boolean(decision.IsEstimated);
        json.Raw("}"u8);
    }

    private static void WriteAttempt(ref JsonSink json, int index, AttemptRecord attempt)
    {
        json.Raw(index == 0 ? "{\"number\":"u8 : ",{\"number\":"u8);
        json.Number(attempt.Number);
        json.Raw(",\"started_at\":"u8);
        json.Time(attempt.StartedAt);
        json.Raw(",\"upstream\":"u8);
        json.String(attempt.Upstream);
        json.Raw(",\"model\":"u8);
        json.String(attempt.Model);
        json.Raw(",\"outcome\":"u8);
        json.String(attempt.Outcome.Name());
        json.Raw(",\"status\":"u8);
        if (attempt.Status is { } status)
            json.Number(status);
        else
            json.Raw("null"u8);
        json.Raw(",\"request_id\":"u8);
        json.String(attempt.RequestId);
        json.Raw(",\"error\":"u8);
        json.String(attempt.Error);
        WriteUsage(ref json, attempt.Usage);
        json.Raw(",\"estimated_by\":"u8);
        json.String(attempt.EstimatedBy);
        json.Raw(",\"cost_usd\":"u8);
        json.Dollars(attempt.Cost);
        json.Raw(",\"cost_unknown\":"u8);
        json.String(attempt.CostUnknown);
        json.Raw(",\"usage_suspect\":"u8);
        json.String(attempt.UsageSuspect);
        json.Raw(",\"ttft_ms\":"u8);
        json.Number(attempt.TtftMs);
        json.Raw(",\"duration_ms\":"u8);
        json.Number(attempt.DurationMs);
        json.Raw("}"u8);
    }

    /// <summary>Three fields: the five counts, how they were come by, and the units of other kinds.</summary>
    private static void WriteUsage(ref JsonSink json, Usage? usage)
    {
        if (usage is null)
        {
            json.Raw(",\"usage\":null,\"usage_source\":null,\"units\":{}"u8);
            return;
        }
        json.Raw(",\"usage\":{\"input\":"u8);
        json.Number(usage.Input);
        json.Raw(",\"cache_read\":"u8);
        json.Number(usage.CacheRead);
        json.Raw(",\"cache_write_5m\":"u8);
        json.Number(usage.CacheWrite5m);
        json.Raw(",\"cache_write_1h\":"u8);
        json.Number(usage.CacheWrite1h);
        json.Raw(",\"output\":"u8);
        json.Number(usage.Output);
        json.Raw("},\"usage_source\":"u8);
        json.String(usage.Source.Name());
        json.Raw(",\"units\":{"u8);
        // A sum of usages lists a kind once for each of its parts; an object can hold it only once.
        for (var i = 0; i < usage.Units.Length; i++)
        {
            var kind = usage.Units[i].Kind;
            if (HasKind(usage.Units.AsSpan(0, i), kind))
                continue;
            if (i > 0)
                json.Raw(","u8);
            json.Raw(KindProperties[(int)kind]);
            json.Number(usage.Count(kind));
        }
        json.Raw("}"u8);
    }

    private static bool HasKind(ReadOnlySpan<UnitCount> units, UsageKind kind)
    {
        foreach (var unit in units)
        {
            if (unit.Kind == kind)
                return true;
        }
        return false;
    }
}
