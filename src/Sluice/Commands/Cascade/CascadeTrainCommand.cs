using System.CommandLine;
using Sluice.Commands.Router;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Lab.Routers.Cascades;

namespace Sluice.Commands.Cascade;

/// <summary><c>sluice cascade train</c>: the file of an answer scorer for a cascade's <c>scorer</c>, with a card that says what it is worth.</summary>
internal static class CascadeTrainCommand
{
    public static Command Create()
    {
        var options = new OutcomeOptions();
        var file = new Option<string>("--out") { Description = "The scorer's file; its card is written beside it as FILE.card.json and FILE.card.md", Required = true };
        var command = new Command("train", """
            Train a scorer that reads the cheaper model's answers and tells which should go on to the dearer one, and write its
            file for 'scorer' of a route's cascade. It is measured on held-back folds first, and the card beside it says what
            came out; the file itself is then trained on all lines. The same outcomes give the same bytes.

            Each outcome of the cheaper model needs its answer as "text".

            Examples:
              sluice cascade train answers.jsonl --out support.scorer
              sluice cascade train answers.jsonl --out support.scorer --weak claude-haiku --strong claude-opus
            """)
        { options.File, file, options.Strong, options.Weak, options.Folds, options.Seed };
        command.SetAction(parsed =>
        {
            var (weights, report) = options.Run(parsed, table =>
            {
                var asked = options.Of(parsed);
                var trained = CascadeEvaluation.Train(table, asked);
                return (trained, CascadeEvaluation.Run(table, asked with { Strong = trained.Router.Models[trained.Router.Strong], Weak = trained.Router.Models[trained.Router.Weak] }));
            });
            var card = new ScorerCard(weights, report);
            TrainedFile.Write(parsed.InvocationConfiguration.Output, parsed.GetValue(file)!, stream => ScorerFile.Write(stream, weights), card.Summary(), card.Json(), card.Markdown());
            return ExitCode.Ok;
        });
        return command;
    }
}
