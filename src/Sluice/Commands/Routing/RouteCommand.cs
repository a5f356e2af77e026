using System.CommandLine;
using Sluice.Configuration;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Routing;
using Sluice.Hosting;
using Sluice.Output;

namespace Sluice.Commands.Routing;

/// <summary><c>sluice route explain</c>: which model would serve a request, by which rule, and what each candidate would cost.</summary>
public static class RouteCommand
{
    public static Command Create() => new("route", "Which model serves which call.") { Explain() };

    private static Command Explain()
    {
        var call = new UnsentCallOptions();
        var config = new Option<string>("--config") { Description = "The configuration whose model_routes decide.", Required = true };
        var format = CommonOptions.Format();
        var command = new Command("explain", """
            Say which rule of model_routes fires for a request, what each candidate would cost, and why those that may not
            serve it may not. Nothing is sent. Costs are estimates: a quarter of the prompt's bytes as input tokens, and 300
            output tokens or the request's own limit where that is lower. A prompt router of AWS chooses for itself, so its
            estimate is a range, from estimated_usd to at_most_usd, with its fee.

            Examples:
              sluice route explain request.json --config sluice.yaml --tag app=support --tag task=triage
              sluice route explain chat.json --operation chat-completions --config sluice.yaml
              cat request.json | sluice route explain - --config sluice.yaml --hint best --format json
            """)
        { config, format };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = OptionsReader.ReadFile(parsed.GetValue(config)!);
            using var unsent = await call.ReadAsync(parsed, options, cancellationToken);
            return Explain(options, unsent, parsed.GetValue(format));
        });
        return command;
    }

    private static int Explain(SluiceOptions options, UnsentCall call, OutputFormat format)
    {
        var prices = PriceBooks.Of(options.Prices);
        var lever = new RouteLever(RouteChoosers.Of(options.ModelRoutes, prices, new WarmPlaces()), new RouteWatch(), TimeProvider.System);
        var table = new Listing("candidate", "model", "estimated_usd", "at_most_usd", "chosen", "why");
        var asked = call.Invocation.Request.Model!.Raw;
        if (lever.ChooserOf(call.Invocation) is not { } chooser)
        {
            table.Add("(asked)", asked, null, null, "yes", "no route is for this call");
            table.Write(Console.Out, format);
            return ExitCode.Ok;
        }
        using var traits = new RequestTraits(call.Invocation);
        var choice = chooser.Choose(call.Invocation, traits, _ => false);
        foreach (var offer in chooser.Offers(call.Invocation, traits))
        {
            var isChosen = choice.Candidate == offer.Candidate;
            table.Add(offer.Candidate.Name, offer.Candidate.Model.Raw, offer.Cost, offer.MostCost, isChosen ? "yes" : "", isChosen ? choice.Why : offer.WhyNot ?? RangeNote(offer));
        }
        if (choice.Candidate is null)
            table.Add("(asked)", asked, null, null, "yes", choice.Why);
        table.Write(Console.Out, format);
        return ExitCode.Ok;
    }

    private static string RangeNote(RouteOffer offer) => (offer.Candidate.IsPromptRouter, offer.MostCost) switch
    {
        (false, _) => "",
        (true, not null) => "an estimate: AWS chooses between its models, and adds its fee",
        _ => "what it chooses between is not known; name it in prompt_routers",
    };
}
