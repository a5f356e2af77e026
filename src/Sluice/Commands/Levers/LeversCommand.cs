using System.CommandLine;
using System.Globalization;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.Trimming;
using Sluice.Hosting;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Levers;

/// <summary><c>sluice levers explain</c>: what each lever would do to one request, and why.</summary>
public static class LeversCommand
{
    public static Command Create(TimeProvider time) => new("levers", "Explain what levers would do, report what marking did, resume.")
    {
        Explain(), ReportCommand.Of(ReportCatalog.Marking, "report", time), ResumeCommand.Create(),
    };

    private static Command Explain()
    {
        var call = new UnsentCallOptions();
        var config = new Option<string?>("--config") { Description = "The configuration whose levers are asked. Default: every lever at its defaults." };
        var format = CommonOptions.Format();
        var command = new Command("explain", """
            Say what each lever would do to a request and why, without sending it. Nothing that a running gateway has
            learned is known here, so levers that learn begin as on their first call.

            Examples:
              sluice levers explain request.json
              sluice levers explain request.json --model us.anthropic.claude-sonnet-4-5-20250929-v1:0 --config sluice.yaml
              cat request.json | sluice levers explain - --format json
            """)
        { config, format };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = CommonOptions.LeversOf(parsed.GetValue(config));
            using var unsent = await call.ReadAsync(parsed, options, cancellationToken);
            Explain(options, unsent).Write(Console.Out, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Listing Explain(SluiceOptions options, UnsentCall call)
    {
        var invocation = call.Invocation;
        var prices = PriceBooks.Of(options.Prices);
        var table = new Listing("lever", "mode", "does", "why", "estimated_saving_usd");
        if (!call.IsWellFormed)
        {
            table.Add("(all)", "", "nothing", "the body is no JSON object in valid UTF-8: it would be sent as it is, for the upstream to refuse", null);
            return table;
        }
        foreach (var lever in LeverNames.All)
        {
            var mode = invocation.Levers.ModeOf(lever);
            var (does, why, saving) = mode == LeverMode.Off ? ("nothing", "it is off", null) : lever switch
            {
                Lever.Trim => Rewrite(new TrimLever(new TokenCalibration(), check: null), invocation, prices),
                Lever.Route => Rewrite(new RouteLever(RouteChoosers.Of(options.ModelRoutes, prices, new WarmPlaces()), new RouteWatch(), TimeProvider.System), invocation, prices),
                Lever.Mark => Rewrite(new MarkLever(new PrefixLearner(invocation.Levers.Options.Mark), prices, TimeProvider.System), invocation, prices),
                Lever.Place => Rewrite(new PlaceLever(prices, TimeProvider.System), invocation, prices),
                Lever.Recall => Answers(invocation, invocation.Levers.Options.Recall.Sampled, "answers from memory once the same call has been answered"),
                Lever.Semantic => Semantic(invocation),
                Lever.Coalesce => Answers(invocation, invocation.Levers.Options.Coalesce.Sampled, "shares the attempt of the same call in flight"),
                _ => Rewrite(new OutputLever(new LearnedMaximum(invocation.Levers.Options.Output), new TokenCalibration()), invocation, prices),
            };
            table.Add(lever.Name(), mode.ToString().ToLowerInvariant(), does, why, saving);
        }
        return table;
    }

    /// <summary>Lets the lever change the request, as the next one will find it.</summary>
    private static (string Does, string Why, Money? Saving) Rewrite(IRewritingLever lever, Invocation invocation, PriceBook prices)
    {
        var before = invocation.Request;
        if (lever.Rewrite(invocation, out var whyNot) is not { } rewriting)
            return ("nothing", whyNot, null);
        var identity = new PriceIdentity
        {
            Model = before.Model?.BaseModel ?? "",
            Region = invocation.Upstream.Region,
            Profile = before.Model?.Profile,
            Tier = before.Facts.Tier,
            LatencyOptimized = before.Facts.LatencyOptimized,
        };
        var shape = new CallShape(new Usage { Input = before.Facts.EstimatedInputTokens, Output = before.Facts.MaxTokens ?? 0, Source = UsageSource.Estimated }, identity);
        invocation.Request = rewriting.Request;
        var saving = rewriting.Apply(shape) is { } then ? Price(shape) - Price(then) : null;
        var change = before.Body.Length - rewriting.Request.Body.Length;
        var does = change == 0 ? "moves the call" : string.Create(CultureInfo.InvariantCulture, $"changes the body by {-change:+#,0;-#,0} bytes");
        return (does, rewriting.Why, saving);

        Money? Price(CallShape priced) => prices.Price(priced.Identity, priced.Usage, invocation.StartedAt).Total;
    }

    private static (string Does, string Why, Money? Saving) Semantic(Invocation invocation)
    {
        var options = invocation.Levers.Options.Semantic;
        if (Answers(invocation, options.Sampled, "") is { Does: "nothing" } not)
            return not;
        if (!SemanticStage.CanLookUp(invocation))
            return ("nothing", "the last message is not one text of its user", null);
        return ("looks", SemanticStage.IsCalibrated(options, new SemanticModels().Of(options))
            ? "answers from memory once the caller's own calls bear the calibration out and a question like it has been answered"
            : "its embedder has no calibration, so it serves nothing; see 'sluice semantic train'", null);
    }

    private static (string Does, string Why, Money? Saving) Answers(Invocation invocation, bool sampled, string does)
    {
        var outline = invocation.Outline;
        return !outline.IsComplete ? ("nothing", "the body is not one that can be told apart with certainty", null)
            : !sampled && outline.Temperature is not 0 ? ("nothing", "the call does not ask for temperature 0, and 'sampled' is not set", null)
            : ("looks", does, null);
    }
}
