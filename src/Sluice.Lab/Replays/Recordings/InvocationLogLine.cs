using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>Reads one line of a Bedrock model-invocation log (schema <c>ModelInvocationLog</c> 1.0, AWS user guide, model invocation logging).</summary>
internal sealed class InvocationLogLine(ILogFiles files)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    /// <summary>The time alone, for a first look; null where the line is none of such a log.</summary>
    /// <exception cref="TraceException">The line is not JSON.</exception>
    public static DateTimeOffset? TimeOf(ReadOnlyMemory<byte> line, string file, long number)
    {
        // As a rule the time stands near the start, and to read the rest twice would cost more than all else of a first look.
        var start = line.Span[..Math.Min(line.Length, 512)];
        var name = start.IndexOf("\"timestamp\":\""u8);
        if (name > 0 && start[..name].IndexOf("\"input\""u8) < 0 && start[(name + 13)..] is var rest && rest.IndexOf((byte)'"') is > 0 and var length
            && TryTime(System.Text.Encoding.ASCII.GetString(rest[..length]), out var early))
            return early;
        try
        {
            var reader = new Utf8JsonReader(line.Span, new JsonReaderOptions { MaxDepth = 512 });
            DateTimeOffset? time = null;
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var isTime = reader.ValueTextEquals("timestamp"u8);
                reader.Read();
                if (isTime && reader.TokenType == JsonTokenType.String && TryTime(reader.GetString()!, out var at))
                    time = at;
                else
                    reader.Skip();
            }
            return time;
        }
        catch (JsonException e)
        {
            throw NotJson(file, number, e);
        }
    }

    /// <exception cref="TraceException">The line is not JSON, or none of such a log.</exception>
    public RecordedCall Read(ReadOnlyMemory<byte> line, string file, long number)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line, Options);
        }
        catch (JsonException e)
        {
            throw NotJson(file, number, e);
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new TraceException(file, number, "not a JSON object; each line of an invocation log holds one call");
            if (!TryTime(Text(root, "timestamp") ?? "", out var at))
                throw new TraceException(file, number, "`timestamp` is missing or no time such as 2026-11-21T12:00:00Z; is this a model-invocation log?");
            if (Text(root, "modelId") is not { } model)
                throw new TraceException(file, number, "`modelId` is missing; is this a model-invocation log?");
            var (input, output, own) = (Object(root, "input"), Object(root, "output"), Object(root, "sluice"));
            var reply = Body(output, "outputBodyJson", "outputBodyS3Path", line, file, number);
            return new RecordedCall
            {
                Place = (file, number),
                At = at,
                Operation = InvocationNames.TryParse(Text(root, "operation") ?? "", out Operation operation) ? operation : Operation.Unknown,
                ModelId = model,
                Region = Text(root, "region"),
                Caller = Text(own, "key_id") ?? Principal(Text(Object(root, "identity"), "arn")),
                Tags = Tags(Object(root, "requestMetadata")),
                Error = Text(root, "errorCode"),
                Request = Body(input, "inputBodyJson", "inputBodyS3Path", line, file, number),
                Reply = reply,
                Told = Told(input, output),
                AsSent = AsSent(Object(own, "usage")),
                Cost = Money.TryParse(Text(own, "cost_usd"), out var cost) ? cost : null,
                Duration = Duration(own, reply.Span),
                Tier = PriceNames.TryParseTier(Text(own, "tier"), out var tier) ? tier : ServiceTier.Default,
                LatencyOptimized = Flag(own, "latency_optimized"),
                HasGuardrail = Flag(own, "guardrail"),
            };
        }
    }

    /// <summary>The part of the line that is the body, or the object that it was put into.</summary>
    private ReadOnlyMemory<byte> Body(JsonElement? owner, string name, string pointer, ReadOnlyMemory<byte> line, string file, long number)
    {
        if (owner is not { } there)
            return default;
        if (there.TryGetProperty(name, out var body) && body.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            return Slice(line, JsonMarshal.GetRawUtf8Value(body));
        if (Text(owner, pointer) is not { } path)
            return default;
        using var stream = files.OpenLarge(path, file)
            ?? throw new TraceException(file, number, $"`{pointer}` names {path}, which is not there; copy the bucket's 'data' folders too, or leave the line out");
        return LogLines.ReadWhole(stream, path);
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> line, ReadOnlySpan<byte> part)
    {
        line.Span.Overlaps(part, out var at);
        return line.Slice(at, part.Length);
    }

    private static Usage? Told(JsonElement? input, JsonElement? output)
    {
        var (fresh, written) = (Count(input, "inputTokenCount"), Count(output, "outputTokenCount"));
        return fresh is null && written is null ? null : new Usage
        {
            Input = fresh ?? 0,
            CacheRead = Count(input, "cacheReadInputTokenCount") ?? 0,
            CacheWrite5m = Count(input, "cacheWriteInputTokenCount") ?? 0,
            Output = written ?? 0,
        };
    }

    private static Usage? AsSent(JsonElement? usage) => usage is null ? null : new Usage
    {
        Input = Count(usage, "input") ?? 0,
        CacheRead = Count(usage, "cache_read") ?? 0,
        CacheWrite5m = Count(usage, "cache_write_5m") ?? 0,
        CacheWrite1h = Count(usage, "cache_write_1h") ?? 0,
        Output = Count(usage, "output") ?? 0,
    };

    /// <summary>By our own word, else by the latency that Converse and InvokeModel's streams report.</summary>
    private static TimeSpan? Duration(JsonElement? own, ReadOnlySpan<byte> reply)
    {
        if (own is { } there && there.TryGetProperty("duration_ms", out var known) && known.TryGetDouble(out var ms))
            return TimeSpan.FromMilliseconds(ms);
        return Number(reply, "\"latencyMs\":"u8) ?? Number(reply, "\"invocationLatency\":"u8);
    }

    private static TimeSpan? Number(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var at = json.LastIndexOf(name);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(json[(at + name.Length)..].TrimStart((byte)' '), out long ms, out _) && ms is >= 0 and < 86_400_000
            ? TimeSpan.FromMilliseconds(ms)
            : null;
    }

    /// <summary>The role or user; the session's name of an assumed role changes with each session and is left out.</summary>
    private static string? Principal(string? arn)
    {
        if (arn?.Contains(":assumed-role/", StringComparison.Ordinal) != true)
            return arn;
        var session = arn.LastIndexOf('/');
        return arn.Count(c => c == '/') > 1 ? arn[..session] : arn;
    }

    private static ImmutableSortedDictionary<string, string> Tags(JsonElement? metadata)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var member in metadata?.EnumerateObject() ?? default)
        {
            if (member.Value.ValueKind == JsonValueKind.String)
                tags[member.Name] = member.Value.GetString()!;
        }
        return tags.ToImmutable();
    }

    private static bool TryTime(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    private static JsonElement? Object(JsonElement? owner, string name) =>
        owner is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement? owner, string name) =>
        owner is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement? owner, string name) =>
        owner is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static long? Count(JsonElement? owner, string name) =>
        owner is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : null;

    private static TraceException NotJson(string file, long number, JsonException e) =>
        new(file, number, $"not JSON, from byte {e.BytePositionInLine ?? 0} on; the file may be cut off or of another kind", e);
}
