using System.CommandLine;
using Sluice.Commands.Router;
using Sluice.Lab.Routers.Cascades;

namespace Sluice.Commands.Cascade;

/// <summary><c>sluice cascade</c>: trains the scorer that reads a cheaper model's answers, and measures what that is worth.</summary>
public static class CascadeCommand
{
    public static Command Create() => new("cascade", "Train and measure cascades of a cheap model and a better one.")
    {
        CascadeTrainCommand.Create(),
        CreateEval(),
    };

    private static Command CreateEval()
    {
        var options = new OutcomeOptions();
        var format = CommonOptions.Format();
        var command = new Command("eval", """
            Measure on recorded answers what a cascade is worth: the cheaper model answers, a scorer that was trained on other
            folds reads the answer, and what it doubts goes on to the dearer model. Every attempt is billed. The break-even
            ratio says how much cheaper the first model must be for the cascade to pay.

            Each outcome of the cheaper model needs its answer as "text". With more than two models, each one that is cheaper than
            --strong and worth having is tried as the first.

            Examples:
              sluice cascade eval answers.jsonl
              sluice cascade eval answers.jsonl --weak claude-haiku --strong claude-opus --format json
            """)
        { options.File, options.Strong, options.Weak, options.Folds, options.Seed, format };
        command.SetAction(parsed =>
        {
            var report = options.Run(parsed, table => CascadeEvaluation.Run(table, options.Of(parsed)));
            CascadeOutput.Write(parsed.InvocationConfiguration.Output, report, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }
}
