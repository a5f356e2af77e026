using System.Buffers;
using System.Text.Json;
using Sluice.Simulator.Dialects.OpenAi;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>Responses that can be asked for again by their id, the background ones among them. Asking costs nothing.</summary>
internal sealed class StoredResponses(TimeProvider time)
{
    private const int MaxKept = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Stored> _byId = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Keeps a response, unless its caller asked for it not to be stored.</summary>
    /// <param name="accountId">Whose it is; no other account finds it.</param>
    /// <param name="reply">The whole answer.</param>
    /// <param name="readyAt">When it is done; before, it shows no output and no usage.</param>
    public void Keep(string accountId, Reply reply, DateTimeOffset readyAt)
    {
        if (!reply.Prompt.IsBackground && reply.Prompt.Body.Field("store"u8) is { ValueKind: JsonValueKind.False })
            return;
        var stored = new Stored(accountId, readyAt, Json(reply, done: false), Json(reply, done: true));
        lock (_gate)
        {
            _byId[reply.Ids!.Response] = stored;
            _order.Enqueue(reply.Ids.Response);
            if (_order.Count > MaxKept)
                _byId.Remove(_order.Dequeue());
        }
    }

    /// <exception cref="Refusal">The account has no such response.</exception>
    public void Write(Utf8JsonWriter json, string accountId, string id)
    {
        Stored? stored;
        lock (_gate)
            stored = _byId.GetValueOrDefault(id);
        if (stored is null || stored.AccountId != accountId)
            throw new Refusal("ResourceNotFoundException", $"Response with id '{id}' not found.");
        json.WriteRawValue((time.GetUtcNow() < stored.ReadyAt ? stored.Waiting : stored.Done).Span, skipInputValidation: true);
    }

    public void Clear()
    {
        lock (_gate)
        {
            _byId.Clear();
            _order.Clear();
        }
    }

    private static ReadOnlyMemory<byte> Json(Reply reply, bool done)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ReplyJson.Options))
            ResponsesDialect.Write(json, reply, done, "in_progress");
        return buffer.WrittenMemory;
    }

    private sealed record Stored(string AccountId, DateTimeOffset ReadyAt, ReadOnlyMemory<byte> Waiting, ReadOnlyMemory<byte> Done);
}
