using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Tokens;

namespace Sluice.Simulator.Replies;

/// <summary>Answers a prompt: with a recording where there is one, else with a text drawn by the seed and the prompt.</summary>
internal sealed class Composer(SimulatorOptions options, Recordings recordings)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ulong _seed = (uint)(options.Seed ?? SimulatorOptions.DefaultSeed);

    private readonly Corpus _corpus = new((uint)(options.Seed ?? SimulatorOptions.DefaultSeed));

    /// <summary>
    /// Fills in what the model says. It depends on the seed, the model and the prompt alone, not on the order of requests,
    /// so that callers in parallel don't disturb each other's answers.
    /// </summary>
    public Reply Compose(Reply reply)
    {
        var prompt = reply.Prompt;
        var dice = new Dice(SeedOf(reply));
        var budget = Math.Min(prompt.MaxTokens ?? reply.Model.MaxOutputTokens, reply.Model.MaxOutputTokens);

        var thinking = ReadOnlyMemory<byte>.Empty;
        if (prompt.ThinkingTokens is { } thought)
        {
            thinking = Cut(_corpus.Passage(Math.Min(thought, 60), dice), Math.Max(1, budget - 1), out var spent);
            budget = Math.Max(1, budget - spent);
        }
        reply = prompt.Demand == Demand.ToolUse ? UseTool(reply, dice, budget) : Say(reply, dice, budget);
        var output = Math.Max(1, reply.TextTokens + ToolTokens(reply.Tool) + TokenCounter.Count(thinking.Span));
        return reply with { Thinking = thinking, Usage = reply.Usage with { Output = reply.Stop == StopReason.MaxTokens ? Math.Min(output, prompt.MaxTokens ?? output) : output } };
    }

    private Reply Say(Reply reply, Dice dice, int budget)
    {
        var text = TryFindRecorded(reply, out var recorded) ? recorded
            : reply.Prompt.Demand == Demand.Json ? Json(reply.Prompt, dice)
            : _corpus.Passage(Length(dice), dice);
        var sequence = FirstStop(text.Span, reply.Prompt.StopSequences, out var at);
        if (sequence is not null)
            text = text[..at];
        var cut = Cut(text, budget, out var tokens);
        return reply with
        {
            Text = cut,
            TextTokens = tokens,
            Stop = cut.Length < text.Length ? StopReason.MaxTokens : sequence is null ? StopReason.EndTurn : StopReason.StopSequence,
            StopSequence = cut.Length < text.Length ? null : sequence,
        };
    }

    private static Reply UseTool(Reply reply, Dice dice, int budget)
    {
        var input = WriteJson(json =>
        {
            if (reply.Prompt.Schema is { ValueKind: JsonValueKind.Object } schema)
            {
                SchemaSample.Write(json, schema, dice);
            }
            else
            {
                json.WriteStartObject();
                json.WriteEndObject();
            }
        });
        var tool = new ToolCall(reply.Prompt.ToolName ?? "tool", input);
        // An input that the limit cuts short would be no JSON; the empty object stands for what was left of it.
        return ToolTokens(tool) <= budget
            ? reply with { Tool = tool, Stop = StopReason.ToolUse }
            : reply with { Tool = tool with { Input = "{}"u8.ToArray() }, Stop = StopReason.MaxTokens };
    }

    private bool TryFindRecorded(Reply reply, out ReadOnlyMemory<byte> recorded)
    {
        recorded = default;
        if (recordings.Count == 0 || reply.Prompt.LastUserText is not { } question)
            return false;
        var answer = ReadOnlyMemory<byte>.Empty;
        var found = question.ReadUtf8(text => recordings.TryFind(text, reply.Model.Id, out answer));
        recorded = answer;
        return found;
    }

    private ReadOnlyMemory<byte> Json(Prompt prompt, Dice dice) => WriteJson(json =>
    {
        if (prompt.Schema is { ValueKind: JsonValueKind.Object } schema)
            SchemaSample.Write(json, schema, dice);
        else
            SchemaSample.WriteFreeObject(json, _corpus.Passage(16, dice).Span, dice);
    });

    /// <summary>Most replies are near the middle length and a few are many times as long, as with real traffic.</summary>
    private int Length(Dice dice) =>
        (int)Math.Clamp(options.ReplyTokens * Math.Exp(0.7 * dice.NextNormal()), 8, Math.Max(8, options.ReplyTokens * 10.0));

    private ulong SeedOf(Reply reply)
    {
        var seed = Dice.Mix(_seed, Dice.Hash(Encoding.UTF8.GetBytes(reply.Model.Id)));
        return reply.Prompt.LastUserText is { } question
            ? Dice.Mix(seed, question.ReadUtf8(Dice.Hash))
            : Dice.Mix(seed, (ulong)reply.Prompt.Tokens);
    }

    private static int ToolTokens(ToolCall? tool) => tool is null
        ? 0
        : MediaTokens.ToolFrame + TokenCounter.Count(tool.Input.Span) + TokenCounter.Count(Encoding.UTF8.GetBytes(tool.Name));

    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> text, int budget, out int tokens)
    {
        tokens = TokenCounter.Count(text.Span);
        if (tokens <= budget)
            return text;
        var cut = text[..TokenCounter.Cut(text.Span, budget)];
        tokens = TokenCounter.Count(cut.Span);
        return cut;
    }

    private static string? FirstStop(ReadOnlySpan<byte> text, IReadOnlyList<string> sequences, out int at)
    {
        at = int.MaxValue;
        string? first = null;
        foreach (var sequence in sequences)
        {
            var found = sequence.Length == 0 ? -1 : text.IndexOf(Encoding.UTF8.GetBytes(sequence));
            if (found >= 0 && found < at)
                (at, first) = (found, sequence);
        }
        return first;
    }

    private static ReadOnlyMemory<byte> WriteJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        write(json);
        json.Flush();
        return buffer.WrittenMemory;
    }
}
