using System.Buffers;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>A part of the beginning: all tools together, or one system block.</summary>
/// <param name="Where">Its name in reports, such as <c>system[0]</c>.</param>
/// <param name="LastBlock">The last of the prompt's blocks that belongs to it.</param>
/// <param name="Prefix">The prompt up to its end, by what stays.</param>
internal readonly record struct DriftPart(string Where, int LastBlock, ulong Prefix);

/// <summary>A prompt by what stays of its tools and system blocks; messages stay as they are.</summary>
internal sealed class PromptShape
{
    /// <summary>Prompts with more tools or system blocks are not looked at.</summary>
    private const int MaximumUnits = 128;

    /// <summary>Each tool, then each system block.</summary>
    public List<(string Where, int Block, DriftUnit Unit)> Units { get; } = [];

    public List<DriftPart> Parts { get; } = [];

    /// <summary>Which tools there are, whatever their order; 0 for none.</summary>
    public ulong ToolSet { get; private set; }

    public ulong ToolOrder { get; private set; } = DriftHash.Start;

    /// <summary>The tools and system blocks among <see cref="Parts"/>; behind them come the messages' blocks.</summary>
    public int Beginning { get; private set; }

    /// <summary>Null where there is no beginning, or one that can't be read.</summary>
    /// <param name="outline">Complete.</param>
    /// <param name="body">That was outlined.</param>
    /// <param name="seed">Keeps partitions apart.</param>
    public static PromptShape? Of(PromptOutline outline, ReadOnlySpan<byte> body, ulong seed)
    {
        var shape = new PromptShape();
        return shape.TryRead(outline, body, seed) ? shape : null;
    }

    private bool TryRead(PromptOutline outline, ReadOnlySpan<byte> body, ulong seed)
    {
        var blocks = outline.Blocks;
        var prefix = seed;
        var (tool, system, letters) = (0, 0, 0);
        for (var i = 0; i < blocks.Length; i++)
        {
            ref readonly var block = ref blocks[i];
            if (block.Kind == BlockKind.CachePoint)
                continue;
            var content = (block.Text.IsNone ? block.Json : block.Text).In(body);
            if (block.Section == PromptSection.Messages)
            {
                prefix = DriftHash.Of(DriftHash.Step(prefix, (ulong)block.Role), content);
                Parts.Add(new DriftPart("", i, prefix));
                continue;
            }
            var unit = block.Text.IsNone ? DriftUnit.OfJson(content) : OfToken(content);
            if (unit is null || Units.Count == MaximumUnits)
                return false;
            letters += unit.Letters;
            if (block.Section == PromptSection.Tools)
            {
                Units.Add(($"tools[{tool++}]", i, unit));
                ToolSet = unchecked(ToolSet + DriftHash.Step(8, unit.Skeleton));
                ToolOrder = DriftHash.Step(ToolOrder, unit.Skeleton);
                if (i + 1 == blocks.Length || blocks[i + 1].Section != PromptSection.Tools)
                    Parts.Add(new DriftPart("tools", i, prefix = DriftHash.Step(prefix, ToolSet)));
            }
            else
            {
                Units.Add(($"system[{system++}]", i, unit));
                Parts.Add(new DriftPart($"system[{system - 1}]", i, prefix = DriftHash.Step(prefix, unit.Skeleton)));
            }
            Beginning = Parts.Count;
        }
        return Beginning > 0 && letters >= DriftLimits.Letters;
    }

    /// <summary>A text by its JSON string.</summary>
    private static DriftUnit? OfToken(ReadOnlySpan<byte> token)
    {
        if (token.IndexOf((byte)'\\') < 0)
            return DriftUnit.OfText(token[1..^1]);
        var text = ArrayPool<byte>.Shared.Rent(token.Length);
        try
        {
            var reader = new Utf8JsonReader(token);
            reader.Read();
            return DriftUnit.OfText(text.AsSpan(0, reader.CopyString(text)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }
}
