using System.CommandLine;
using Sluice.Lab.Semantics;
using Sluice.Output;

namespace Sluice.Commands.Semantic;

/// <summary><c>sluice semantic eval</c>: how well duplicates are told, by models that did not see the pair.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var (pairs, folds, seed, noVerifier, precision, format) =
            (SemanticOptions.Pairs(), SemanticOptions.Folds(), SemanticOptions.Seed(), SemanticOptions.NoVerifier(), SemanticOptions.Precision(), CommonOptions.Format());
        var command = new Command("eval", """
            Measure on labelled pairs how well the embedder, the guards and the verifier tell that one answer fits both texts.
            Each pair is scored by models that learned nothing from it nor from any pair that shares a text with it.

            Example:
              sluice semantic eval pairs.jsonl --precision 0.9
            """)
        { pairs, folds, seed, noVerifier, precision, format };
        command.SetAction(parsed =>
        {
            var rows = SemanticEvaluation.Run(SemanticOptions.Read(parsed.GetValue(pairs)!), parsed.GetValue(folds), parsed.GetValue(seed), parsed.GetValue(precision), !parsed.GetValue(noVerifier));
            if (parsed.GetValue(format) == OutputFormat.Table)
                WriteForPeople(parsed.InvocationConfiguration.Output, rows, parsed.GetValue(precision));
            else
                Write(parsed.InvocationConfiguration.Output, rows, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<SemanticScore> rows, OutputFormat format)
    {
        var listing = new Listing("decided_by", "pairs", "duplicates", "auc", "auc_low", "auc_high", "recall_at_80", "recall_at_80_low", "recall_at_80_high", "recall_at_90", "recall_at_90_low",
            "recall_at_90_high", "recall_at_95", "recall_at_95_low", "recall_at_95_high", "threshold", "held_out_taken", "held_out_right", "held_out_precision", "held_out_precision_low", "held_out_precision_high");
        foreach (var row in rows)
        {
            listing.Add([row.Name, row.Pairs, row.Duplicates, Rounded(row.Auc), Rounded(row.AucInterval.Low), Rounded(row.AucInterval.High),
                .. row.Recalls.SelectMany(r => new object?[] { Rounded(r.Recall), Rounded(r.Interval.Low), Rounded(r.Interval.High) }), Rounded(row.Threshold), row.Held?.Taken, row.Held?.Right,
                Rounded(row.Held is { } held ? (double)held.Right / held.Taken : null), Rounded(row.Held?.Precision.Low), Rounded(row.Held?.Precision.High)]);
        }
        listing.Write(output, format);
    }

    private static void WriteForPeople(TextWriter output, IReadOnlyList<SemanticScore> rows, double precision)
    {
        var listing = new Listing("decided by", "AUC", "R at .80", "R at .90", "R at .95", "threshold", "held out");
        foreach (var row in rows)
        {
            listing.Add([row.Name, Text(row.Auc), .. row.Recalls.Select(r => (object?)Text(r.Recall)), row.Threshold is { } threshold ? Text(threshold) : "none",
                row.Held is { } held ? $"{held.Right} of {held.Taken}" : "-"]);
        }
        listing.Write(output, OutputFormat.Table);
        output.WriteLine($"{rows[0].Pairs:#,0} pairs, {rows[0].Duplicates:#,0} of them duplicates. R at .80: the share of duplicates found at a precision of 0.80. The");
        output.WriteLine($"threshold is calibrated so that a precision of {precision} is proven (95 %); held out: what thresholds of");
        output.WriteLine("other folds let pass, and how much of it is right. Intervals: --format json.");
    }

    private static string Text(double value) => value.ToString("0.0000");

    private static double? Rounded(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 6) : null;
}
