using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>What a value is to the request that it stands in, as far as two spellings of it may mean the same.</summary>
internal enum CanonicalPlace : byte
{
    /// <summary>Everything that only means itself.</summary>
    Free,
    /// <summary>No part of the meaning: a cache marker, or a field that is left out.</summary>
    Skipped,
    Root,
    ToolConfig,
    Tools,
    Tool,
    Messages,
    Message,
    /// <summary>Content blocks, or a bare string in their place.</summary>
    Content,
    Block,
    /// <summary>A document's source.</summary>
    Source,
}

/// <summary>How places follow from each other along the names of a body.</summary>
internal static class CanonicalPlaces
{
    public static CanonicalPlace Element(CanonicalPlace array) => array switch
    {
        CanonicalPlace.Tools => CanonicalPlace.Tool,
        CanonicalPlace.Messages => CanonicalPlace.Message,
        CanonicalPlace.Content => CanonicalPlace.Block,
        _ => CanonicalPlace.Free,
    };

    public static CanonicalPlace Member(CanonicalPlace place, ReadOnlySpan<byte> name, Dialect dialect, CacheKeyFields? fields) => place switch
    {
        CanonicalPlace.Free => CanonicalPlace.Free,
        CanonicalPlace.Root => fields?.Ignores(name) == true ? CanonicalPlace.Skipped : RootMember(name, dialect),
        CanonicalPlace.ToolConfig => name.SequenceEqual("tools"u8) ? CanonicalPlace.Tools : CanonicalPlace.Free,
        CanonicalPlace.Message or CanonicalPlace.Source => name.SequenceEqual("content"u8) ? CanonicalPlace.Content : CanonicalPlace.Free,
        CanonicalPlace.Tool or CanonicalPlace.Block => BlockMember(place, name, dialect),
        _ => CanonicalPlace.Free,
    };

    private static CanonicalPlace RootMember(ReadOnlySpan<byte> name, Dialect dialect)
    {
        if (dialect is not (Dialect.Converse or Dialect.Anthropic or Dialect.Nova or Dialect.OpenAi))
            return CanonicalPlace.Free;
        var isNamed = dialect is Dialect.Converse or Dialect.Nova;
        if (name.SequenceEqual("messages"u8))
            return CanonicalPlace.Messages;
        if (name.SequenceEqual("system"u8) && dialect != Dialect.OpenAi)
            return CanonicalPlace.Content;
        if (name.SequenceEqual("toolConfig"u8) && isNamed)
            return CanonicalPlace.ToolConfig;
        if (name.SequenceEqual("tools"u8) && !isNamed)
            return CanonicalPlace.Tools;
        return name.SequenceEqual("cache_control"u8) && dialect == Dialect.Anthropic ? CanonicalPlace.Skipped : CanonicalPlace.Free;
    }

    private static CanonicalPlace BlockMember(CanonicalPlace place, ReadOnlySpan<byte> name, Dialect dialect)
    {
        if (dialect is Dialect.Converse or Dialect.Nova)
            return name.SequenceEqual("cachePoint"u8) ? CanonicalPlace.Skipped : CanonicalPlace.Free;
        if (dialect != Dialect.Anthropic)
            return CanonicalPlace.Free;
        if (name.SequenceEqual("cache_control"u8))
            return CanonicalPlace.Skipped;
        if (place == CanonicalPlace.Tool)
            return CanonicalPlace.Free;
        // A tool's result may be one string or blocks, each with a marker of its own.
        return name.SequenceEqual("content"u8) ? CanonicalPlace.Content
            : name.SequenceEqual("source"u8) ? CanonicalPlace.Source
            : CanonicalPlace.Free;
    }
}
