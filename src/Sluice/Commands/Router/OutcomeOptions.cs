using System.CommandLine;
using Sluice.Hosting;
using Sluice.Lab.Replays.Traces;
using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Commands.Router;

/// <summary>What the commands that learn from labelled outcomes have in common.</summary>
internal sealed class OutcomeOptions
{
    private const int MaxFolds = 20;

    public Argument<string> File { get; } = new("OUTCOMES") { Description = "JSON lines, plain or gzip: {\"id\", \"prompt\", \"task\"?, \"outcomes\": {model: {\"score\": 0..1, \"cost_usd\"?, \"text\"?}}}" };

    public Option<string?> Strong { get; } = new("--strong") { Description = "The dearer model. Default: the one with the best mean score" };

    public Option<string?> Weak { get; } = new("--weak") { Description = "The cheaper model. Default: the cheapest of the others; where costs are not given, the worst" };

    public Option<int> Folds { get; } = Whole("--folds", "Parts that the lines are split into; each is scored by what was learnt from the others", EvaluationOptions.DefaultFolds, 2, MaxFolds);

    public Option<int> Seed { get; } = Whole("--seed", "Of the folds and of everything else that is drawn", 0, 0, int.MaxValue);

    public static Option<int> Whole(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} (default {standard})", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[^1].Value, out var value) && (value < least || value > most))
                result.AddError($"{name} {value}: write a number from {least} to {most}.");
        });
        return option;
    }

    public EvaluationOptions Of(ParseResult parsed) => new()
    {
        Folds = parsed.GetValue(Folds),
        Seed = parsed.GetValue(Seed),
        Strong = parsed.GetValue(Strong),
        Weak = parsed.GetValue(Weak),
    };

    /// <summary>Reads the file and does the work, with what is wrong in either told as the command's error.</summary>
    public T Run<T>(ParseResult parsed, Func<OutcomeTable, T> work)
    {
        try
        {
            return work(OutcomeFile.Read(parsed.GetValue(File)!));
        }
        catch (Exception e) when (e is TraceException or OutcomeException)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }
}
