using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Caching;
using Sluice.Simulator.Dialects;
using Sluice.Simulator.Dialects.Cohere;
using Sluice.Simulator.Dialects.OpenAi;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Guardrails;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;
using Sluice.Simulator.Timing;

namespace Sluice.Simulator.Answering;

/// <summary>Every call of a model: read, check, look into the cache, reserve, answer, bill, send.</summary>
internal static class Inference
{
    public static async Task AnswerAsync(Simulation world, Call call, RequestBody body, CancellationToken gone)
    {
        // 1. What is asked, of which model.
        var json = body.Json();
        var identifier = call.Match.ModelIdentifier ?? json.Text("model"u8) ?? throw Refusal.Validation("model: Field required");
        call.ModelIdentifier = identifier;
        var target = call.Target = world.Catalogue.Resolve(identifier, body.Bytes.Length);
        var model = target.Model;
        var (tier, latency) = CallSettings.Read(call, json);
        var dialect = DialectTable.For(call.Operation, model, json);
        var prompt = dialect.Read(json, model);
        // A body's own wish for a stream counts only on the paths that have no other way to say it.
        call.Streamed = call.Operation is Operation.ConverseStream or Operation.InvokeModelWithResponseStream
            || (prompt.Streamed && call.Operation is Operation.ChatCompletions or Operation.Responses or Operation.Messages);
        call.PriceVariant = prompt.PriceVariant;

        // 2. What the cache has of it, and whether the quota allows it.
        var rule = CacheRule.For(model.Id, call.Time);
        CacheRule.Check(rule, prompt);
        var plan = world.Caches.Plan(prompt, rule, $"{call.Caller.AccountId} {call.Caller.Region} {model.Id} {target.CacheScope}");
        var guardrail = GuardrailSettings.Find(call, json, world.Options);
        var checkedInput = guardrail is null ? null : GuardrailCheck.Of(prompt, guardrail.Policies);
        var reserved = world.Quotas.Reserve(call.Caller.AccountId, model, prompt, plan.Usage);

        try
        {
            // 3. The answer, as it would come without any fault.
            var reply = new Reply
            {
                Model = model,
                Prompt = prompt,
                Dice = call.Dice,
                Time = call.Time,
                RequestedModel = identifier,
                RoutedArn = target.RoutedArn,
                Tier = tier,
                Latency = latency,
                TokensPerFrame = world.Options.TokensPerFrame,
                ReportsMetrics = call.Operation is Operation.InvokeModel or Operation.InvokeModelWithResponseStream,
                // Reranking is sold by the search, whatever number of tokens that takes.
                Usage = (model.Dialect == Dialect.CohereRerank ? Usage.None : plan.Usage) with { Units = UnitsOf(model, prompt, target) },
            };
            reply = checkedInput is { Blocks: true } ? Blocked(reply, guardrail!, checkedInput) : model.WritesText ? world.Composer.Compose(reply) : reply;
            if (checkedInput is { Blocks: false })
                reply = CheckOutput(reply, guardrail!, checkedInput);
            reply = Formed(reply, call.Form, call.Operation);
            if (call.Operation == Operation.Responses)
                reply = reply with { Ids = new ResponseIds(reply) };
            call.Bill(reply.Usage);

            // 4. When it comes.
            var pace = new Pace(model, reply.Usage, call.LatencyOptimized, world.Options.Speed);
            reply = reply with { FirstByteMs = Pace.Reported(pace.FirstToken), LatencyMs = Pace.Reported(pace.Until(reply.Usage.Output)) };
            if (call.Fault.Kind == FaultKind.SlowHeaders)
                await Task.Delay(TimeSpan.FromMilliseconds(call.Fault.DelayMs), world.Time, gone);
            var clock = new ReplyClock(pace, world.Time);
            // A background response is acknowledged at once.
            if (!prompt.IsBackground)
                await clock.WaitAsync(call.Streamed ? 0 : reply.Usage.Output, gone);
            if (checkedInput is not { Blocks: true })
                world.Caches.Commit(plan);

            // 5. Out with it.
            if (reply.Ids is not null)
                world.Responses.Keep(call.Caller.AccountId, reply, readyAt: prompt.IsBackground ? call.Time + pace.Until(reply.Usage.Output) : call.Time);
            if (call.Streamed)
                await StreamReplies.SendAsync(world, call, dialect, reply, clock, gone);
            else
                await PlainReplies.SendAsync(world, call, writer => dialect.Write(writer, reply), reply, gone);
        }
        finally
        {
            world.Quotas.Settle(call.Caller.AccountId, model, reserved, call.Usage);
        }
    }

    /// <summary>The reply in the form that the caller of the simulator asked for; what is shown is billed.</summary>
    /// <exception cref="Refusal">The operation has no such form.</exception>
    private static Reply Formed(Reply reply, ReplyForm form, Operation operation)
    {
        if (form.GrossInput && operation is not (Operation.Converse or Operation.ConverseStream))
            throw Refusal.Validation("gross-input is a form of Converse and ConverseStream alone.");
        if (form.WebSearches > 0 && !ShowsSearches(operation, reply.Model))
            throw Refusal.Validation("The simulator shows web searches in the Responses API, in Anthropic's Messages and in Nova's Converse replies alone.");
        // A model is cut off at its limit while it still thinks, too.
        var hidden = Math.Clamp(reply.Prompt.MaxTokens is { } most ? most - reply.Usage.Output : form.HiddenReasoning, 0, reply.Model.WritesText ? form.HiddenReasoning : 0);
        return reply with
        {
            GrossInput = form.GrossInput,
            WebSearches = form.WebSearches,
            HiddenReasoning = (int)hidden,
            Usage = reply.Usage with
            {
                Output = reply.Usage.Output + hidden,
                Units = form.WebSearches > 0 ? reply.Usage.Units.Add(new UnitCount(UsageKind.WebSearch, form.WebSearches)) : reply.Usage.Units,
            },
        };
    }

    private static bool ShowsSearches(Operation operation, Models.BedrockModel model) => operation switch
    {
        Operation.Responses => true,
        Operation.Messages or Operation.InvokeModel or Operation.InvokeModelWithResponseStream => model.Dialect == Dialect.Anthropic,
        Operation.Converse or Operation.ConverseStream => model.Dialect == Dialect.Nova,
        _ => false,
    };

    private static ImmutableArray<UnitCount> UnitsOf(Models.BedrockModel model, Prompt prompt, Models.ModelTarget target)
    {
        var units = ImmutableArray<UnitCount>.Empty;
        if (prompt.Images > 0)
            units = units.Add(new UnitCount(model.Dialect == Dialect.Image ? UsageKind.OutputImage : UsageKind.InputImage, prompt.Images));
        if (model.Dialect == Dialect.CohereRerank)
            units = units.Add(new UnitCount(UsageKind.SearchUnit, (prompt.Texts.Count + RerankDialect.DocumentsPerUnit - 1) / RerankDialect.DocumentsPerUnit));
        if (target.RoutedArn is not null)
            units = units.Add(new UnitCount(UsageKind.RouterRequest, 1));
        return units;
    }

    /// <summary>The guardrail kept the prompt from the model, which therefore costs nothing; the guardrail does.</summary>
    private static Reply Blocked(Reply reply, GuardrailSettings guardrail, GuardrailAssessment input) => reply with
    {
        Text = Encoding.UTF8.GetBytes(guardrail.Policies.BlockedMessage),
        Stop = StopReason.GuardrailIntervened,
        Usage = new Usage { Units = input.Units },
        Guardrail = new GuardrailTrace(guardrail.Id, guardrail.Shown, input, null),
    };

    private static Reply CheckOutput(Reply reply, GuardrailSettings guardrail, GuardrailAssessment input)
    {
        var output = GuardrailCheck.Of(Encoding.UTF8.GetString(reply.Text.Span), 0, guardrail.Policies);
        var trace = new GuardrailTrace(guardrail.Id, guardrail.Shown, input, output);
        var billed = reply with { Guardrail = trace, Usage = reply.Usage with { Units = reply.Usage.Units.AddRange(trace.Units) } };
        return output.Blocks
            ? billed with { Text = Encoding.UTF8.GetBytes(guardrail.Policies.BlockedMessage), Stop = StopReason.GuardrailIntervened }
            : billed;
    }
}
