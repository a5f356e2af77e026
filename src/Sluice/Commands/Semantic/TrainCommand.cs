using System.CommandLine;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Lab.Semantics.Training;

namespace Sluice.Commands.Semantic;

/// <summary><c>sluice semantic train</c>: a model of one's own labelled pairs.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Where the model is written.", Required = true };
        var (pairs, folds, seed, noVerifier, precision) = (SemanticOptions.Pairs(), SemanticOptions.Folds(), SemanticOptions.Seed(), SemanticOptions.NoVerifier(), SemanticOptions.Precision());
        var command = new Command("train", """
            Learn from labelled pairs which words are rare and which differences matter, and calibrate the threshold. The model
            holds hashes and weights, no text. Exit code 1: it is written, but no threshold's precision is proven, so it serves
            nothing before the traffic itself proves one.

            Example:
              sluice semantic train pairs.jsonl --out semantic.model --precision 0.99
            """)
        { pairs, output, folds, seed, noVerifier, precision };
        command.SetAction(parsed =>
        {
            SemanticModel model;
            try
            {
                model = SemanticTrainer.Train(SemanticOptions.Read(parsed.GetValue(pairs)!), parsed.GetValue(folds), parsed.GetValue(seed), parsed.GetValue(precision), !parsed.GetValue(noVerifier));
            }
            catch (ArgumentException e)
            {
                throw new CouldNotRunException($"{parsed.GetValue(pairs)}: {e.Message}", e);
            }
            var path = parsed.GetValue(output)!;
            SemanticModelFile.Write(path, model);
            if (model.Calibration is not { } calibration)
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{path}: no threshold reaches a precision of {parsed.GetValue(precision)} for sure; label more pairs, or ask for less.");
                return ExitCode.No;
            }
            parsed.InvocationConfiguration.Output.WriteLine($"{path}: threshold {calibration.Threshold:0.0000} for {calibration.Embedder}; {calibration.Accepted:#,0} of {calibration.Labels:#,0} pairs pass, {calibration.PrecisionLow:0.000} or more of them right.");
            return ExitCode.Ok;
        });
        return command;
    }
}
