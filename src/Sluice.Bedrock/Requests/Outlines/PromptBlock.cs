namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>The parts of a prompt in the order in which models read and Bedrock caches them, whatever their order in the body.</summary>
public enum PromptSection : byte
{
    Tools,
    System,
    Messages,
}

/// <summary>Who speaks.</summary>
public enum PromptRole : byte
{
    /// <summary>Not in a message, or a role that is none of the others.</summary>
    None,
    User,
    Assistant,
    /// <summary>The system's or developer's message among the messages, and the system section.</summary>
    System,
    /// <summary>A tool's result as OpenAI's chat API sends it, in a message of its own.</summary>
    Tool,
}

public enum BlockKind : byte
{
    /// <summary>A tool's definition, or content of a kind that no lever touches: guarded text, search results, sound, video.</summary>
    Other,
    Text,
    Image,
    Document,
    ToolUse,
    ToolResult,
    Reasoning,
    /// <summary>Converse's block that only says where to cache.</summary>
    CachePoint,
}

/// <summary>One tool, system block or content block of a prompt.</summary>
public readonly record struct PromptBlock
{
    public required PromptSection Section { get; init; }

    public required BlockKind Kind { get; init; }

    public PromptRole Role { get; init; }

    /// <summary>The message's place in <see cref="PromptOutline.Messages"/>, or -1 for tools and system.</summary>
    public required int Message { get; init; }

    /// <summary>The whole JSON value.</summary>
    public required ByteRange Json { get; init; }

    /// <summary>
    /// The JSON string, quotes included, of a text block or of a tool result that is one text; none for other blocks, whose
    /// inner texts are in <see cref="PromptOutline.Texts"/>.
    /// </summary>
    public ByteRange Text { get; init; }

    /// <summary>The system or a message's content is this one string; it has to become an array before a cache point can stand in it.</summary>
    public bool IsBareString { get; init; }

    /// <summary>
    /// The lifetimes of the caller's own cache points in or directly behind this block; two where an inner part and the block
    /// itself differ.
    /// </summary>
    public CacheLifetimes OwnPoints { get; init; }

    /// <summary>The dialect lets a cache point stand here, and the caller has none here. Whether the model does is another question.</summary>
    public bool TakesPoint { get; init; }
}

/// <summary>A message and its blocks, which follow each other in <see cref="PromptOutline.Blocks"/>.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Json">The whole message.</param>
/// <param name="Content">The value of its content; none where it has none or a null.</param>
/// <param name="FirstBlock">The place of its first block.</param>
/// <param name="Blocks">The number of its blocks.</param>
public readonly record struct PromptMessage(PromptRole Role, ByteRange Json, ByteRange Content, int FirstBlock, int Blocks);

/// <summary>A text of the prompt: a text block's own, or one inside of a tool result or a document.</summary>
/// <param name="Block">The block's place in <see cref="PromptOutline.Blocks"/>.</param>
/// <param name="Token">The JSON string, quotes included.</param>
public readonly record struct PromptText(int Block, ByteRange Token);
