using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Routing;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>How far one invocation has come in a cascade. The route lever begins it; the cascade stage takes it up step by step.</summary>
/// <param name="route">One with a cascade.</param>
/// <param name="scorer">The one that the cascade's options name; null where they name none.</param>
internal sealed class CascadeRun(ModelRoute route, AnswerScorer? scorer)
{
    public ModelRoute Route => route;

    public CascadeOptions Options => route.Cascade!;

    public AnswerScorer? Scorer => scorer;

    /// <summary>Counts from 0; as many as there are steps where none of those that were left may serve, and the asked model does.</summary>
    public int Step { get; private set; }

    public string StepName => Step < Options.Steps.Length ? Options.Steps[Step] : "the asked model";

    public bool IsLast => Step >= Options.Steps.Length - 1;

    public void GoTo(int step) => Step = step;

    /// <summary>No step is left that may serve.</summary>
    public void End() => Step = Options.Steps.Length;

    /// <summary>Whether a model is the first step's, whose answers the scorer was trained to read; wherever it runs.</summary>
    public bool IsFirst(string? baseModel) =>
        baseModel is not null && route.Candidates[route.IndexOf(Options.Steps[0])].Model.BaseModel == baseModel;
}
