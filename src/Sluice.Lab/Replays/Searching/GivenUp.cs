namespace Sluice.Lab.Replays.Searching;

/// <summary>What an owner gives up for a saving, from the least to the most. Each step of the frontier allows one more.</summary>
public enum GivenUp
{
    /// <summary>Nothing: every call gets the answer that it would have got.</summary>
    Nothing,

    /// <summary>Data in prompts is written in another form; what it says stays.</summary>
    Form,

    /// <summary>Calls may run in any commercial region.</summary>
    Residency,

    /// <summary>Calls may wait: a cheaper tier, standard latency.</summary>
    Latency,

    /// <summary>Calls that ask for variety may get an answer that was given before.</summary>
    Freshness,
}

public static class GivenUps
{
    public static IReadOnlyList<GivenUp> All { get; } = Enum.GetValues<GivenUp>();

    /// <summary>As it stands in options and output.</summary>
    public static string Name(this GivenUp what) => what switch
    {
        GivenUp.Nothing => "nothing",
        GivenUp.Form => "form",
        GivenUp.Residency => "residency",
        GivenUp.Latency => "latency",
        _ => "freshness",
    };

    public static string InWords(this GivenUp what) => what switch
    {
        GivenUp.Nothing => "nothing: each call gets the answer that it would have got",
        GivenUp.Form => "data in prompts is written in another form",
        GivenUp.Residency => "calls may run in any commercial region",
        GivenUp.Latency => "calls may wait: a cheaper tier, standard latency",
        _ => "calls that ask for variety may get an answer that was given before",
    };
}
