using System.CommandLine;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers;

namespace Sluice.Commands.Router;

/// <summary><c>sluice router train</c>: a router's model file, with a card that says what it is worth.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var options = new OutcomeOptions();
        var file = new Option<string>("--out") { Description = "The model file; its card is written beside it as FILE.card.json and FILE.card.md", Required = true };
        var command = new Command("train", """
            Train a router on labelled outcomes and write its model file. It is measured on held-back folds first, and the card
            beside it says what came out; the file itself is then trained on all lines. The same outcomes give the same bytes.

            Examples:
              sluice router train outcomes.jsonl --out router.model
              sluice router train outcomes.jsonl.gz --out router.model --strong claude-opus --weak claude-haiku
            """)
        { options.File, file, options.Strong, options.Weak, options.Folds, options.Seed };
        command.SetAction(parsed =>
        {
            var (weights, report) = options.Run(parsed, table =>
            {
                var asked = options.Of(parsed);
                var trained = RouterTraining.Train(table, asked);
                return (trained, RouterEvaluation.Run(table, asked));
            });
            var card = new ModelCard(weights, report);
            TrainedFile.Write(parsed.InvocationConfiguration.Output, parsed.GetValue(file)!, stream => RouterModelFile.Write(stream, weights), card.Summary(), card.Json(), card.Markdown());
            return ExitCode.Ok;
        });
        return command;
    }
}
