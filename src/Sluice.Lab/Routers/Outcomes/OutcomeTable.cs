namespace Sluice.Lab.Routers.Outcomes;

/// <summary>What several models made of the same prompts. A score or cost that is not known is NaN.</summary>
public sealed class OutcomeTable
{
    public required string[] Prompts { get; init; }

    public required string?[] Tasks { get; init; }

    /// <summary>In ordinal order.</summary>
    public required string[] Models { get; init; }

    /// <summary>For each model, for each line, its score from 0 to 1.</summary>
    public required double[][] Scores { get; init; }

    /// <summary>For each model, for each line, what its answer cost. These are statistics, not money that anybody owes.</summary>
    public required double[][] CostsUsd { get; init; }

    /// <summary>For each model, for each line, its answer if that was recorded.</summary>
    public required string?[][] Answers { get; init; }

    /// <summary>SHA-256 in hexadecimal of what the lines say, in their order, fields that are not used left out.</summary>
    public required string Digest { get; init; }

    public int Count => Prompts.Length;

    /// <summary>The place of a model, or -1.</summary>
    public int Place(string model) => Array.IndexOf(Models, model);

    /// <summary>The lines on which all the given models have a score.</summary>
    public int[] LinesWith(params ReadOnlySpan<int> models)
    {
        var lines = new List<int>(Count);
        for (var line = 0; line < Count; line++)
        {
            var complete = true;
            foreach (var model in models)
                complete &= !double.IsNaN(Scores[model][line]);
            if (complete)
                lines.Add(line);
        }
        return [.. lines];
    }

    public double MeanScore(int model, ReadOnlySpan<int> lines) => Mean(Scores[model], lines);

    /// <summary>The mean cost of the lines on which it is known; NaN if it is on none.</summary>
    public double MeanCostUsd(int model, ReadOnlySpan<int> lines) => Mean(CostsUsd[model], lines);

    private static double Mean(double[] values, ReadOnlySpan<int> lines)
    {
        var (sum, count) = (0.0, 0);
        foreach (var line in lines)
        {
            if (double.IsNaN(values[line]))
                continue;
            sum += values[line];
            count++;
        }
        return sum / count;
    }
}
