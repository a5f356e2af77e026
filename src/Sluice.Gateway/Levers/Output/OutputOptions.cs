namespace Sluice.Gateway.Levers.Output;

/// <summary>How much a model may write where the caller did not say, or said far more than its task ever took.</summary>
public sealed record OutputOptions;
