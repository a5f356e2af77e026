using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sluice.Core.Savings;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>What is known of the quality of a lever's answers to some calls, since its owner let it begin anew.</summary>
public sealed record QualityEntry(WatchedScope Scope)
{
    public PairedAnswers Pairs { get; init; }

    /// <summary>Samples that no verdict came of: the baseline did not answer, an answer could not be read, or the judge said nothing.</summary>
    public long NotCompared { get; init; }

    /// <summary>The margin at the last sample.</summary>
    public double Margin { get; init; }

    /// <summary>The lever is in shadow for these calls since then; null where it acts.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>Of the difference of the shares of good answers, treated minus baseline: each bound holds with 95 %, at all times together.</summary>
    [JsonIgnore]
    public (double Low, double High) Bounds => NonInferiority.Bounds(Pairs);

    /// <summary>What an owner reads first.</summary>
    [JsonIgnore]
    public string State => SuspendedAt is not null ? "suspended" : Bounds.Low > -Margin ? "holds" : "open";
}

/// <summary>The file that a book is kept in.</summary>
/// <param name="ResumptionBytes">How much of the file of resumptions has been taken into account.</param>
internal sealed record QualityFile(long ResumptionBytes, ImmutableArray<QualityEntry> Entries);

/// <summary>A line of the file of resumptions. A null fits anything.</summary>
internal sealed record Resumption(string? App, string? Task, string? Lever)
{
    public bool Fits(WatchedScope scope) => (App is null || App == scope.App) && (Task is null || Task == scope.Task) && (Lever is null || Lever == scope.Lever);
}

[JsonSerializable(typeof(QualityFile))]
[JsonSerializable(typeof(Resumption))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class QualityJson : JsonSerializerContext;
