using System.Collections.Immutable;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>A cache point behind a block.</summary>
/// <param name="Block">The block's place in <see cref="PromptOutline.Blocks"/>.</param>
/// <param name="Lifetime">Five minutes or one hour.</param>
public readonly record struct CachePoint(int Block, CacheLifetimes Lifetime);

/// <summary>
/// Puts cache points into a body: a block of its own in Converse, <c>cache_control</c> in Anthropic's blocks, <c>cachePoint</c>
/// in Nova's text blocks (AWS user guide, prompt caching).
/// </summary>
public static class CachePointEdits
{
    /// <summary>The most that a request may have, the caller's own included.</summary>
    public const int MaxPoints = 4;

    /// <summary>
    /// Adds the edits for as many of the points as AWS accepts: four in all, none where the caller has one or the block takes
    /// none, and none with five minutes before one with an hour (tools, system, messages), or the call would be refused. So an
    /// hour that comes behind five minutes is asked for with five minutes, and five minutes before the caller's hour not at
    /// all. Whether the model caches tools, takes an hour and finds the prefix long enough is for its caching rule to say.
    /// </summary>
    /// <param name="outline">The body's outline; an incomplete one gets no points.</param>
    /// <param name="points">The points that are wanted, the most wanted first.</param>
    /// <param name="edits">Where the edits go.</param>
    /// <returns>The points that were placed, with the lifetimes they got, in the order of the blocks.</returns>
    public static ImmutableArray<CachePoint> Insert(PromptOutline outline, ReadOnlySpan<CachePoint> points, BodyEdits edits)
    {
        var room = MaxPoints - outline.CallerPoints;
        if (!outline.IsComplete || room <= 0 || points.IsEmpty)
            return [];

        var (callersFirstShort, callersLastHour) = CallersOrder(outline.Blocks);
        var chosen = ImmutableArray.CreateBuilder<CachePoint>(room);
        foreach (var (block, wanted) in points)
        {
            if (chosen.Count == room)
                break;
            if (block < 0 || block >= outline.Blocks.Length || !outline.Blocks[block].TakesPoint || Contains(chosen, block))
                continue;
            var isHour = wanted == CacheLifetimes.OneHour && outline.Dialect != Dialect.Nova && block < callersFirstShort;
            if (isHour || block > callersLastHour)
                chosen.Add(new CachePoint(block, isHour ? CacheLifetimes.OneHour : CacheLifetimes.FiveMinutes));
        }

        chosen.Sort(static (a, b) => a.Block.CompareTo(b.Block));
        var isShort = false;
        for (var i = 0; i < chosen.Count; i++)
        {
            isShort |= chosen[i].Lifetime == CacheLifetimes.FiveMinutes;
            if (isShort)
                chosen[i] = chosen[i] with { Lifetime = CacheLifetimes.FiveMinutes };
            Place(outline.Dialect, outline.Blocks[chosen[i].Block], chosen[i].Lifetime, edits);
        }
        return chosen.DrainToImmutable();
    }

    private static bool Contains(ImmutableArray<CachePoint>.Builder chosen, int block)
    {
        foreach (var point in chosen)
        {
            if (point.Block == block)
                return true;
        }
        return false;
    }

    /// <summary>The first block with five minutes of the caller's, and the last with an hour.</summary>
    private static (int FirstShort, int LastHour) CallersOrder(ReadOnlySpan<PromptBlock> blocks)
    {
        var (firstShort, lastHour) = (int.MaxValue, -1);
        for (var i = 0; i < blocks.Length; i++)
        {
            if (firstShort == int.MaxValue && blocks[i].OwnPoints.HasFlag(CacheLifetimes.FiveMinutes))
                firstShort = i;
            if (blocks[i].OwnPoints.HasFlag(CacheLifetimes.OneHour))
                lastHour = i;
        }
        return (firstShort, lastHour);
    }

    private static void Place(Dialect dialect, in PromptBlock block, CacheLifetimes lifetime, BodyEdits edits)
    {
        var isHour = lifetime == CacheLifetimes.OneHour;
        if (dialect == Dialect.Converse)
        {
            edits.Insert(block.Json.End, isHour ? """,{"cachePoint":{"type":"default","ttl":"1h"}}"""u8 : """,{"cachePoint":{"type":"default"}}"""u8);
            return;
        }
        var member = dialect == Dialect.Nova ? ""","cachePoint":{"type":"default"}"""u8
            : isHour ? ""","cache_control":{"type":"ephemeral","ttl":"1h"}"""u8
            : ""","cache_control":{"type":"ephemeral"}"""u8;
        if (block.IsBareString)
        {
            edits.Insert(block.Json.Start, """[{"type":"text","text":"""u8);
            edits.Insert(block.Json.End, member, "}]"u8);
        }
        else
        {
            // In front of the closing brace.
            edits.Insert(block.Json.End - 1, member);
        }
    }
}
