using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Invocations;

public static partial class InvocationJson
{
    /// <summary>The record whose UTF-8 text is <paramref name="utf8"/>.</summary>
    /// <exception cref="JsonException">It is not JSON, or a field has a value that this version does not know; the message names it.</exception>
    public static InvocationRecord Read(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8);
        json.Read();
        try
        {
            return ReadInvocation(ref json);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            throw new JsonException($"An invocation's JSON has a value of the wrong type near byte {json.TokenStartIndex}: {e.Message}", e);
        }
    }

    private static InvocationRecord ReadInvocation(ref Utf8JsonReader json)
    {
        string? id = null, keyId = null, requestedModel = null, servedModel = null, region = null, profile = null, conversation = null, heldBack = null, stopReason = null, error = null, answerId = null;
        DateTimeOffset? startedAt = null;
        var tags = ImmutableSortedDictionary<string, string>.Empty;
        Operation operation = default;
        Dialect dialect = default;
        Scope scope = default;
        ServiceTier tier = default;
        Outcome outcome = default;
        bool streamed = false, latencyOptimized = false, control = false, repeat = false, answerPending = false;
        var usage = new UsageParts();
        Money? cost = null, baseline = null;
        var costByKind = ImmutableSortedDictionary<UsageKind, Money>.Empty;
        ImmutableArray<string> priceRows = [];
        ImmutableArray<Decision> decisions = [];
        ImmutableArray<AttemptRecord> attempts = [];
        double? ttftMs = null, durationMs = null;
        long requestBytes = 0, replyBytes = 0;

        while (NextProperty(ref json))
        {
            if (Take(ref json, "invocation_id"u8)) id = json.GetString();
            else if (Take(ref json, "started_at"u8)) startedAt = json.GetDateTimeOffset();
            else if (Take(ref json, "key_id"u8)) keyId = json.GetString();
            else if (Take(ref json, "tags"u8)) tags = ReadTags(ref json);
            else if (Take(ref json, "operation"u8)) operation = ReadName<Operation>(ref json, InvocationNames.TryParse);
            else if (Take(ref json, "dialect"u8)) dialect = ReadName<Dialect>(ref json, InvocationNames.TryParse);
            else if (Take(ref json, "streamed"u8)) streamed = json.GetBoolean();
            else if (Take(ref json, "requested_model"u8)) requestedModel = json.GetString();
            else if (Take(ref json, "served_model"u8)) servedModel = json.GetString();
            else if (Take(ref json, "region"u8)) region = json.GetString();
            else if (Take(ref json, "profile"u8)) profile = json.GetString();
            else if (Take(ref json, "scope"u8)) scope = ReadName<Scope>(ref json, InvocationNames.TryParse);
            else if (Take(ref json, "tier"u8)) tier = ReadName<ServiceTier>(ref json, PriceNames.TryParseTier);
            else if (Take(ref json, "latency_optimized"u8)) latencyOptimized = json.GetBoolean();
            else if (usage.TryRead(ref json)) { }
            else if (Take(ref json, "cost_usd"u8)) cost = ReadMoney(ref json);
            else if (Take(ref json, "answer_id"u8)) answerId = json.GetString();
            else if (Take(ref json, "answer_pending"u8)) answerPending = json.GetBoolean();
            else if (Take(ref json, "cost_by_kind"u8)) costByKind = ReadCostByKind(ref json);
            else if (Take(ref json, "price_rows"u8)) priceRows = ReadArray(ref json, (ref r) => r.GetString()!);
            else if (Take(ref json, "baseline_usd"u8)) baseline = ReadMoney(ref json);
            else if (Take(ref json, "decisions"u8)) decisions = ReadArray(ref json, ReadDecision);
            else if (Take(ref json, "conversation"u8)) conversation = json.GetString();
            else if (Take(ref json, "control"u8)) control = json.GetBoolean();
            else if (Take(ref json, "held_back"u8)) heldBack = json.GetString();
            else if (Take(ref json, "repeat"u8)) repeat = json.GetBoolean();
            else if (Take(ref json, "outcome"u8)) outcome = ReadName<Outcome>(ref json, InvocationNames.TryParse);
            else if (Take(ref json, "stop_reason"u8)) stopReason = json.GetString();
            else if (Take(ref json, "error"u8)) error = json.GetString();
            else if (Take(ref json, "attempts"u8)) attempts = ReadArray(ref json, ReadAttempt);
            else if (Take(ref json, "ttft_ms"u8)) ttftMs = ReadMs(ref json);
            else if (Take(ref json, "duration_ms"u8)) durationMs = ReadMs(ref json);
            else if (Take(ref json, "request_bytes"u8)) requestBytes = json.GetInt64();
            else if (Take(ref json, "reply_bytes"u8)) replyBytes = json.GetInt64();
            else Skip(ref json);
        }
        return new InvocationRecord
        {
            InvocationId = id ?? throw new JsonException("An invocation's JSON lacks 'invocation_id'."),
            StartedAt = startedAt ?? throw new JsonException($"Invocation '{id}' lacks 'started_at'."),
            KeyId = keyId,
            Tags = tags,
            Operation = operation,
            Dialect = dialect,
            Streamed = streamed,
            RequestedModel = requestedModel,
            ServedModel = servedModel,
            Region = region,
            Profile = profile,
            Scope = scope,
            Tier = tier,
            LatencyOptimized = latencyOptimized,
            Usage = usage.ToUsage(),
            Cost = cost,
            AnswerId = answerId,
            AnswerPending = answerPending,
            CostByKind = costByKind,
            PriceRows = priceRows,
            Baseline = baseline,
            Decisions = decisions,
            Conversation = conversation,
            Control = control,
            HeldBack = heldBack,
            Repeat = repeat,
            Outcome = outcome,
            StopReason = stopReason,
            Error = error,
            Attempts = attempts,
            TtftMs = ttftMs,
            DurationMs = durationMs,
            RequestBytes = requestBytes,
            ReplyBytes = replyBytes,
        };
    }

    private static AttemptRecord ReadAttempt(ref Utf8JsonReader json)
    {
        var number = 0;
        DateTimeOffset startedAt = default;
        string? upstream = null, model = null, requestId = null, error = null, estimatedBy = null, costUnknown = null, usageSuspect = null;
        Outcome outcome = default;
        int? status = null;
        var usage = new UsageParts();
        Money? cost = null;
        double? ttftMs = null, durationMs = null;
        while (NextProperty(ref json))
        {
            if (Take(ref json, "number"u8)) number = json.GetInt32();
            else if (Take(ref json, "started_at"u8)) startedAt = json.GetDateTimeOffset();
            else if (Take(ref json, "upstream"u8)) upstream = json.GetString();
            else if (Take(ref json, "model"u8)) model = json.GetString();
            else if (Take(ref json, "outcome"u8)) outcome = ReadName<Outcome>(ref json, InvocationNames.TryParse);
            else if (Take(ref json, "status"u8)) status = json.TokenType == JsonTokenType.Null ? null : json.GetInt32();
            else if (Take(ref json, "request_id"u8)) requestId = json.GetString();
            else if (Take(ref json, "error"u8)) error = json.GetString();
            else if (usage.TryRead(ref json)) { }
            else if (Take(ref json, "estimated_by"u8)) estimatedBy = json.GetString();
            else if (Take(ref json, "cost_usd"u8)) cost = ReadMoney(ref json);
            else if (Take(ref json, "cost_unknown"u8)) costUnknown = json.GetString();
            else if (Take(ref json, "usage_suspect"u8)) usageSuspect = json.GetString();
            else if (Take(ref json, "ttft_ms"u8)) ttftMs = ReadMs(ref json);
            else if (Take(ref json, "duration_ms"u8)) durationMs = ReadMs(ref json);
            else Skip(ref json);
        }
        return new AttemptRecord
        {
            Number = number,
            StartedAt = startedAt,
            Upstream = upstream ?? "",
            Model = model ?? "",
            Outcome = outcome,
            Status = status,
            RequestId = requestId,
            Error = error,
            Usage = usage.ToUsage(),
            EstimatedBy = estimatedBy,
            Cost = cost,
            CostUnknown = costUnknown,
            UsageSuspect = usageSuspect,
            TtftMs = ttftMs,
            DurationMs = durationMs,
        };
    }

    private static Decision ReadDecision(ref Utf8JsonReader json)
    {
        string lever = "", why = "";
        Money? saving = null;
        bool isShadow = false, isEstimated = false;
        while (NextProperty(ref json))
        {
            if (Take(ref json, "lever"u8)) lever = json.GetString() ?? "";
            else if (Take(ref json, "saving_usd"u8)) saving = ReadMoney(ref json);
            else if (Take(ref json, "why"u8)) why = json.GetString() ?? "";
            else if (Take(ref json, "shadow"u8)) isShadow = json.GetBoolean();
            else if (Take(ref json, "estimated"u8)) isEstimated = json.GetBoolean();
            else Skip(ref json);
        }
        return new Decision(lever, saving, why) { IsShadow = isShadow, IsEstimated = isEstimated };
    }

    private static ImmutableSortedDictionary<string, string> ReadTags(ref Utf8JsonReader json)
    {
        ImmutableSortedDictionary<string, string>.Builder? tags = null;
        while (NextProperty(ref json))
        {
            var name = json.GetString()!;
            json.Read();
            (tags ??= ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal))[name] = json.GetString() ?? "";
        }
        return tags?.ToImmutable() ?? ImmutableSortedDictionary<string, string>.Empty;
    }

    private static ImmutableSortedDictionary<UsageKind, Money> ReadCostByKind(ref Utf8JsonReader json)
    {
        ImmutableSortedDictionary<UsageKind, Money>.Builder? costs = null;
        while (NextProperty(ref json))
        {
            var kind = ReadKind(ref json);
            json.Read();
            if (ReadMoney(ref json) is { } cost)
                (costs ??= ImmutableSortedDictionary.CreateBuilder<UsageKind, Money>())[kind] = cost;
        }
        return costs?.ToImmutable() ?? ImmutableSortedDictionary<UsageKind, Money>.Empty;
    }

    private static Money? ReadMoney(ref Utf8JsonReader json)
    {
        var text = json.GetString();
        if (text is null)
            return null;
        return Money.TryParse(text, out var money) ? money : throw new JsonException($"'{text}' is not an amount of dollars.");
    }

    private static double? ReadMs(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null ? null : json.GetDouble();

    private static UsageKind ReadKind(ref Utf8JsonReader json)
    {
        var name = json.GetString()!;
        return UsageKinds.TryParse(name, out var kind) ? kind : throw new JsonException($"'{name}' is not a kind of usage that this version knows.");
    }

    private delegate bool NameParser<T>(string name, out T value);

    private static T ReadName<T>(ref Utf8JsonReader json, NameParser<T> parser)
    {
        var name = json.GetString() ?? "";
        return parser(name, out var value) ? value : throw new JsonException($"'{name}' is not a {typeof(T).Name} that this version knows.");
    }

    private delegate T ItemReader<T>(ref Utf8JsonReader json);

    private static ImmutableArray<T> ReadArray<T>(ref Utf8JsonReader json, ItemReader<T> item)
    {
        ImmutableArray<T>.Builder? items = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            (items ??= ImmutableArray.CreateBuilder<T>()).Add(item(ref json));
        return items?.DrainToImmutable() ?? [];
    }

    /// <summary>Moves to the next property name of the object that the reader is in; false at its end.</summary>
    private static bool NextProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves on to the value where the property that the reader stands on has this name.</summary>
    private static bool Take(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.ValueTextEquals(name) && json.Read();

    private static void Skip(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    /// <summary>The three fields that together say what was used.</summary>
    private struct UsageParts
    {
        private Usage? _counts;
        private UsageSource _source;
        private ImmutableArray<UnitCount> _units;

        public bool TryRead(ref Utf8JsonReader json)
        {
            if (Take(ref json, "usage"u8))
                _counts = json.TokenType == JsonTokenType.Null ? null : ReadCounts(ref json);
            else if (Take(ref json, "usage_source"u8))
                _source = json.TokenType == JsonTokenType.Null ? default : ReadName<UsageSource>(ref json, InvocationNames.TryParse);
            else if (Take(ref json, "units"u8))
                _units = ReadUnits(ref json);
            else
                return false;
            return true;
        }

        public readonly Usage? ToUsage() =>
            _counts is { } counts ? counts with { Source = _source, Units = _units.IsDefault ? [] : _units } : null;

        private static Usage ReadCounts(ref Utf8JsonReader json)
        {
            long input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0;
            while (NextProperty(ref json))
            {
                if (Take(ref json, "input"u8)) input = json.GetInt64();
                else if (Take(ref json, "cache_read"u8)) cacheRead = json.GetInt64();
                else if (Take(ref json, "cache_write_5m"u8)) cacheWrite5m = json.GetInt64();
                else if (Take(ref json, "cache_write_1h"u8)) cacheWrite1h = json.GetInt64();
                else if (Take(ref json, "output"u8)) output = json.GetInt64();
                else Skip(ref json);
            }
            return new Usage { Input = input, CacheRead = cacheRead, CacheWrite5m = cacheWrite5m, CacheWrite1h = cacheWrite1h, Output = output };
        }

        private static ImmutableArray<UnitCount> ReadUnits(ref Utf8JsonReader json)
        {
            ImmutableArray<UnitCount>.Builder? units = null;
            while (NextProperty(ref json))
            {
                var kind = ReadKind(ref json);
                json.Read();
                (units ??= ImmutableArray.CreateBuilder<UnitCount>()).Add(new UnitCount(kind, json.GetDecimal()));
            }
            return units?.DrainToImmutable() ?? [];
        }
    }
}
