using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>The levers that may change what is answered.</summary>
internal static class WatchedLevers
{
    /// <summary>In the order of the pipeline.</summary>
    public static IReadOnlyList<Lever> All { get; } = [Lever.Semantic, Lever.Route, Lever.Output];

    /// <summary>A watched lever may act on the call.</summary>
    public static bool MayAct(LeverPlan plan) =>
        plan.ModeOf(Lever.Semantic) == LeverMode.On || plan.ModeOf(Lever.Route) == LeverMode.On || (plan.ModeOf(Lever.Output) == LeverMode.On && ChangesAnswers(plan));

    /// <summary>Those that changed what the answer came from, in the order of the pipeline; none of a call that failed or broke off.</summary>
    public static IReadOnlyList<Lever> Acted(Invocation invocation, InvocationRecord record) => record switch
    {
        // What stands behind it in the pipeline never saw the call. An embedding may have been an attempt.
        { Outcome: Outcome.AnsweredLocally, Error: null } when invocation.Effects.Has(Lever.Semantic) => [Lever.Semantic],
        { Outcome: Outcome.Completed, Error: null, Attempts.IsEmpty: false } => [.. All.Where(lever => lever != Lever.Semantic && Acted(invocation, lever))],
        _ => [],
    };

    private static bool Acted(Invocation invocation, Lever lever) => invocation.Effects.Has(lever) && lever switch
    {
        // A cascade that has come to the model that was asked for has changed nothing of the answer.
        Lever.Route => !IsSameModel(invocation),
        _ => ChangesAnswers(invocation.Levers),
    };

    /// <summary>A limit alone changes no answer: what it cuts is asked for again.</summary>
    private static bool ChangesAnswers(LeverPlan plan) => plan.Options.Output is { Instruction: not null } or { StopSequences.Length: > 0 };

    /// <summary>Whatever profile the two are called by.</summary>
    private static bool IsSameModel(Invocation invocation)
    {
        var (asked, served) = (invocation.Original.Model, invocation.Request.Model);
        return asked?.BaseModel is { } model ? model == served?.BaseModel : asked?.Raw == served?.Raw;
    }
}
