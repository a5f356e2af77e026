namespace Sluice.Gateway.Stages.Limiting;

/// <summary>What a limit counts.</summary>
internal enum LimitKind
{
    Requests,
    Tokens,
    Concurrency,
}

/// <summary>A limit that a call did not pass.</summary>
/// <param name="Value">The limit.</param>
/// <param name="Wait">Until there should be room for the call; zero where that can't be told.</param>
internal sealed record Throttle(string Limit, LimitKind Kind, long Value, TimeSpan Wait)
{
    public string Unit => Kind switch
    {
        LimitKind.Requests => "requests per minute",
        LimitKind.Tokens => "tokens per minute",
        _ => "calls at once",
    };

    /// <summary>Whole seconds after which another try is worth while, at least one.</summary>
    public int RetryAfterSeconds => Math.Max(1, (int)Math.Ceiling(Math.Min(Wait.TotalSeconds, 3_600)));
}
