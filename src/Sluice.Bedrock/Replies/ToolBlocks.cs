using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Replies;

/// <summary>What a block of an answer says that was done for it.</summary>
internal enum BlockKind : byte
{
    /// <summary>Text, or the call of a tool that the caller runs: nothing that costs more than its tokens.</summary>
    Plain,
    Thinking,

    /// <summary>Some tool of AWS's side, which the block's name tells.</summary>
    ServerTool,

    /// <summary>One search.</summary>
    Search,

    /// <summary>Searching, of which not every such block is charged: OpenAI's also stand for the opening of a page.</summary>
    UncountedSearch,

    /// <summary>Another tool of AWS's side.</summary>
    OtherTool,
}

/// <summary>Which blocks stand for work of AWS's own tools. Any call is one, but for those that are known to be the caller's to run.</summary>
internal static class ToolBlocks
{
    private static readonly Utf8Table<BlockKind> Kinds = Build();

    public static BlockKind KindOf(ReadOnlySpan<byte> type) =>
        Kinds.TryGet(type, out var kind) ? kind : type.EndsWith("_call"u8) ? BlockKind.OtherTool : BlockKind.Plain;

    /// <summary>By the name of a tool that ran on AWS's side. Looking a tool up among those of the request is no work that is charged.</summary>
    public static BlockKind KindOfTool(ReadOnlySpan<byte> name) =>
        name.StartsWith("tool_search"u8) ? BlockKind.Plain
        : name.IndexOf("search"u8) >= 0 || name.IndexOf("grounding"u8) >= 0 ? BlockKind.Search
        : BlockKind.OtherTool;

    private static Utf8Table<BlockKind> Build()
    {
        var table = new Utf8Table<BlockKind>();
        foreach (var type in (ReadOnlySpan<string>)["thinking", "redacted_thinking", "reasoning"])
            table.Set(type, BlockKind.Thinking);
        table.Set("server_tool_use", BlockKind.ServerTool);
        table.Set("web_search_call", BlockKind.UncountedSearch);
        foreach (var type in (ReadOnlySpan<string>)["function_call", "custom_tool_call", "computer_call", "local_shell_call", "shell_call", "apply_patch_call", "mcp_call", "tool_search_call"])
            table.Set(type, BlockKind.Plain);
        return table;
    }
}
