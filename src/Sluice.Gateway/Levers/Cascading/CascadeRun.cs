using Sluice.Gateway.Levers.Routing;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>How far one invocation has come in a cascade. The route lever begins it; the cascade stage takes it up step by step.</summary>
/// <param name="route">One with a cascade.</param>
internal sealed class CascadeRun(ModelRoute route)
{
    public ModelRoute Route => route;

    public CascadeOptions Options => route.Cascade!;

    /// <summary>Counts from 0; as many as there are steps when the last was tried.</summary>
    public int Step { get; private set; }

    public string StepName => Options.Steps[Step];

    public bool IsLast => Step >= Options.Steps.Length - 1;

    public void GoTo(int step) => Step = step;
}
