using Sluice.Insights.Store;

namespace Sluice.Insights.Imports;

/// <summary>A row that was left out.</summary>
/// <param name="Place">The file, and the part of it where it is a zip.</param>
/// <param name="Line">Counts from 1, every line of the file.</param>
/// <param name="Reason">In words.</param>
public sealed record RowSetAside(string Place, long Line, string Reason);

/// <summary>What a file's rows of one service and currency come to.</summary>
/// <param name="Billed">Of the rows that tell it; null where none does.</param>
public sealed record ServiceTotal(string Service, string Currency, bool IsGenerativeAi, long Rows, decimal? Billed);

/// <summary>A usage type of generative AI that was not understood. Its rows are kept and labelled.</summary>
/// <param name="Billed">Of the rows that tell it; null where none does.</param>
public sealed record UnknownUsage(string Service, string UsageType, string Unknown, string Currency, long Rows, decimal? Billed);

/// <summary>What became of one file.</summary>
public sealed record ImportResult
{
    public required string File { get; init; }

    public required BillSource Source { get; init; }

    /// <summary>Rows read and kept.</summary>
    public required long Rows { get; init; }

    /// <summary>Charges that the store didn't have before. Rows that differ in their amounts alone are one charge.</summary>
    public required long NewCharges { get; init; }

    /// <summary>Charges that took the place of what an earlier file said of them.</summary>
    public required long RestatedCharges { get; init; }

    /// <summary>Charges of earlier imports that a delivery of their whole period has no more.</summary>
    public long RemovedCharges { get; init; }

    /// <summary>Rows that an earlier import had, of a source that delivers each once; they changed nothing.</summary>
    public long KnownRows { get; init; }

    public required long SetAside { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<RowSetAside> SetAsideRows { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>By what they cost, the dearest first.</summary>
    public required IReadOnlyList<ServiceTotal> Services { get; init; }

    public required IReadOnlyList<UnknownUsage> Unknown { get; init; }
}

/// <summary>How far an import has come.</summary>
/// <param name="Rows">Rows read so far.</param>
/// <param name="Share">The part of the file that has been read, from 0 to 1.</param>
/// <param name="Elapsed">Since the file was opened.</param>
public readonly record struct ImportProgress(long Rows, double Share, TimeSpan Elapsed)
{
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Rows / Elapsed.TotalSeconds : 0;

    /// <summary>Null until anything can be said.</summary>
    public TimeSpan? Left => Share > 0 ? Elapsed * ((1 - Share) / Share) : null;
}
