using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>The levers that may change what is answered.</summary>
internal static class WatchedLevers
{
    /// <summary>In the order of the pipeline.</summary>
    public static IReadOnlyList<Lever> All { get; } = [Lever.Route, Lever.Output];

    /// <summary>A watched lever may act on the call.</summary>
    public static bool MayAct(LeverPlan plan) =>
        plan.ModeOf(Lever.Route) == LeverMode.On || (plan.ModeOf(Lever.Output) == LeverMode.On && ChangesAnswers(plan));

    /// <summary>Those that changed what the answer came from, in the order of the pipeline.</summary>
    public static IReadOnlyList<Lever> Acted(Invocation invocation) => [.. All.Where(lever => invocation.Effects.Has(lever) && lever switch
    {
        // A cascade that has come to the model that was asked for has changed nothing of the answer.
        Lever.Route => !IsSameModel(invocation),
        _ => ChangesAnswers(invocation.Levers),
    })];

    /// <summary>A limit alone changes no answer: what it cuts is asked for again.</summary>
    private static bool ChangesAnswers(LeverPlan plan) => plan.Options.Output is { Instruction: not null } or { StopSequences.Length: > 0 };

    /// <summary>Whatever profile the two are called by.</summary>
    private static bool IsSameModel(Invocation invocation)
    {
        var (asked, served) = (invocation.Original.Model, invocation.Request.Model);
        return asked?.BaseModel is { } model ? model == served?.BaseModel : asked?.Raw == served?.Raw;
    }
}
