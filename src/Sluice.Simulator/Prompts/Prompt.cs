using System.Text.Json;
using Sluice.Simulator.Tokens;

namespace Sluice.Simulator.Prompts;

/// <summary>The parts of a prompt in the order in which a model reads them; prompt caching works along it.</summary>
internal enum Section : byte
{
    Tools,
    System,
    Messages,
}

/// <summary>How long a cache checkpoint asks to live: the model's shortest lifetime (5 minutes as a rule), or one hour.</summary>
internal enum CacheLifetime : byte
{
    Short,
    Hour,
}

/// <summary>One content block, tool or system block, with the tokens that the simulator counts for it.</summary>
internal readonly record struct Segment(Section Section, string Role, JsonElement Content, long Tokens, CacheLifetime? Checkpoint);

/// <summary>What a reply has to be.</summary>
internal enum Demand
{
    Text,
    Json,
    ToolUse,
}

/// <summary>A request's body in the one form that every dialect is read into. It refers to the body's JSON and lives no longer than that.</summary>
internal sealed class Prompt
{
    private readonly List<Segment> _segments = [];

    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>All input tokens, cached or not.</summary>
    public long Tokens { get; private set; }

    public int Checkpoints { get; private set; }

    /// <summary>The last text of the last user message: what recordings are looked up by.</summary>
    public JsonElement? LastUserText { get; set; }

    /// <summary>The most tokens that the caller wants, or null for as many as the model gives.</summary>
    public int? MaxTokens { get; set; }

    public IReadOnlyList<string> StopSequences { get; set; } = [];

    public Demand Demand { get; set; }

    public string? ToolName { get; set; }

    /// <summary>The JSON schema of the tool's input, or of the JSON that is asked for.</summary>
    public JsonElement? Schema { get; set; }

    /// <summary>Whether the model is asked to think aloud first, and for at most how many tokens.</summary>
    public int? ThinkingTokens { get; set; }

    /// <summary>Whether the body itself asks for a stream, as OpenAI's and Anthropic's own APIs have it.</summary>
    public bool Streamed { get; set; }

    /// <summary>Whether the answer is wanted later, by its id.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether a stream of OpenAI's chat API ends with its usage.</summary>
    public bool StreamsUsage { get; set; }

    /// <summary>What is embedded or ranked, in the order of the body.</summary>
    public IReadOnlyList<string> Texts { get; set; } = [];

    /// <summary>The images to draw, or to embed.</summary>
    public int Images { get; set; }

    /// <summary>What the price of a drawn image depends on beside the model, such as <c>/1024/standard</c>; empty for most models.</summary>
    public string PriceVariant { get; set; } = "";

    /// <summary>The body, for the few fields that only a dialect's own reply needs.</summary>
    public JsonElement Body { get; init; }

    public void Add(Section section, string role, JsonElement content, long tokens)
    {
        _segments.Add(new Segment(section, role, content, tokens, null));
        Tokens += tokens;
    }

    /// <summary>Adds a text that stands alone, such as the prompt of a completion.</summary>
    public void AddText(JsonElement text)
    {
        Add(Section.Messages, "user", text, Count(text));
        LastUserText = text;
    }

    /// <summary>Puts a cache checkpoint behind the last segment. One before any content covers nothing and only counts.</summary>
    public void Mark(CacheLifetime lifetime)
    {
        Checkpoints++;
        if (_segments.Count > 0)
            _segments[^1] = _segments[^1] with { Checkpoint = lifetime };
    }

    /// <summary>The tokens of a string, or of any other JSON by its text.</summary>
    public static int Count(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.ReadUtf8(TokenCounter.Count)
        : TokenCounter.Count(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element));
}
