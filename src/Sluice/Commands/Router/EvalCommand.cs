using System.CommandLine;
using Sluice.Lab.Routers;
using Sluice.Output;

namespace Sluice.Commands.Router;

/// <summary><c>sluice router eval</c>: how good a trained router is on prompts that it has not seen.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var options = new OutcomeOptions();
        var labels = new Option<int?>("--labels") { Description = "Use only so many lines of each training fold, to see what fewer labels would give" };
        labels.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[^1].Value, out var value) && value < RouterEvaluation.MinLines)
                result.AddError($"--labels {value}: a router needs {RouterEvaluation.MinLines} or more.");
        });
        var format = CommonOptions.Format();
        var command = new Command("eval", """
            Measure a router on held-back folds: APGR, CPT50 and CPT80 as RouteLLM defines them, with 95 % intervals, beside a
            random choice, longer prompts first, the table of tasks and the oracle; the shares and quality floors that were
            asked for and delivered; and which models are worth having at all, where costs are given.

            Examples:
              sluice router eval outcomes.jsonl
              sluice router eval outcomes.jsonl --strong claude-opus --weak claude-haiku --folds 10
              sluice router eval outcomes.jsonl --labels 1500 --format json
            """)
        { options.File, options.Strong, options.Weak, options.Folds, options.Seed, labels, format };
        command.SetAction(parsed =>
        {
            var report = options.Run(parsed, table => RouterEvaluation.Run(table, options.Of(parsed) with { Labels = parsed.GetValue(labels) }));
            RouterOutput.Write(parsed.InvocationConfiguration.Output, report, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }
}
