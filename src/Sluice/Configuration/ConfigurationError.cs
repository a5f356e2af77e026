namespace Sluice.Configuration;

/// <summary>One mistake in the configuration: where it stands and how to mend it.</summary>
public sealed record ConfigurationError(string File, long Line, long Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>The configuration can't be used; every mistake is listed, not just the first.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Take(MaxShown).Select(e => e.ToString()).Concat(errors.Count > MaxShown ? [$"... and {errors.Count - MaxShown} more."] : Array.Empty<string>())))
{
    private const int MaxShown = 100;

    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
