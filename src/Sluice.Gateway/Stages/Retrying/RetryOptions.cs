namespace Sluice.Gateway.Stages.Retrying;

/// <summary>AWS's standard retry mode, with a bound on the time that all attempts and waits may take together.</summary>
public sealed record RetryOptions
{
    /// <summary>Attempts in all, the first included. 1 turns retrying off. Default 3, as in AWS SDKs.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The first wait is drawn from 0 to this, and its bound doubles with each attempt. Default 1 s, as in AWS SDKs.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>No attempt begins later than this after the first. Default 60 s.</summary>
    public TimeSpan TotalBudget { get; init; } = TimeSpan.FromSeconds(60);
}
