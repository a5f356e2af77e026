using System.Collections.Immutable;

namespace Sluice.Gateway.Levers.Output;

/// <summary>How much a model may write where the caller did not say, or said far more than its task ever took, and how it is told to write less.</summary>
public sealed record OutputOptions
{
    /// <summary>Replies of a task that must have been seen before its limit is touched. Default 200.</summary>
    public int MinimumReplies { get; init; } = 200;

    /// <summary>
    /// What the limit is to the length that one reply in 1,000 exceeds, once a task is well known; with the fewest replies it is
    /// by <see cref="EarlyHeadRoom"/> more. Default 1.25.
    /// </summary>
    public double HeadRoom { get; init; } = 1.25;

    /// <summary>The more of head room for a task that is just known; it falls with the root of the replies seen. Default 0.75.</summary>
    public double EarlyHeadRoom { get; init; } = 0.75;

    /// <summary>No limit is set below this many tokens. Default 64.</summary>
    public int FewestTokens { get; init; } = 64;

    /// <summary>Tasks that are remembered, about 1.3 KB each; the one unused for longest goes first. Default 4,096.</summary>
    public int MaximumTasks { get; init; } = 4_096;

    /// <summary>Asks for short answers. It changes what is answered, so it is the owner's word, task by task. Default off.</summary>
    public bool Brief { get; init; }

    /// <summary>Asks for JSON without a word around it. Default off.</summary>
    public bool JsonOnly { get; init; }

    /// <summary>Where the model is to stop, for callers who say nothing of that themselves. Default none.</summary>
    public ImmutableArray<string> StopSequences { get; init; } = [];

    /// <summary>What stands behind the caller's own instructions, or null for nothing.</summary>
    public string? Instruction => (Brief, JsonOnly) switch
    {
        (true, true) => BriefInstruction + " " + JsonInstruction,
        (true, false) => BriefInstruction,
        (false, true) => JsonInstruction,
        _ => null,
    };

    private const string BriefInstruction = "Answer as briefly as the question allows: no introduction, no repetition of the question, no closing summary.";

    private const string JsonInstruction = "Reply with JSON alone: no words around it and no code fence.";
}
