using System.CommandLine;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Configuration;
using Sluice.Gateway;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Upstreams;
using Sluice.Hosting;

namespace Sluice.Commands;

/// <summary>What a user says of a request that a command explains instead of sending it.</summary>
internal sealed class UnsentCallOptions
{
    public Argument<string> File { get; } = new("request") { Description = "A request's body as JSON; - reads standard input." };

    public Option<string> Model { get; } = CommonOptions.Model("The model that the request would be for.");

    public Option<string> Operation { get; } = new("--operation") { Description = "converse, converse-stream, invoke, invoke-with-response-stream, chat-completions, responses or messages. The last three have the model in the body; --model is for one that names none.", DefaultValueFactory = _ => "converse" };

    public Option<string[]> Tags { get; } = new("--tag") { Description = "A tag of the call as name=value, such as app=chat; may be given several times.", DefaultValueFactory = _ => [] };

    public Option<string?> Hint { get; } = new("--hint") { Description = "What the caller would say in x-sluice-hint." };

    public UnsentCallOptions()
    {
        Operation.AcceptOnlyFromAmong("converse", "converse-stream", "invoke", "invoke-with-response-stream", "chat-completions", "responses", "messages");
        Tags.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong)
                result.AddError($"--tag is '{wrong.Value}'; write it as name=value, such as app=chat.");
        });
    }

    public void AddTo(Command command)
    {
        command.Add(File);
        command.Add(Model);
        command.Add(Operation);
        command.Add(Tags);
        command.Add(Hint);
    }

    public async Task<UnsentCall> ReadAsync(ParseResult parsed, SluiceOptions options, CancellationToken cancellationToken) =>
        Of(parsed, options, await BodyAsync(parsed.GetValue(File)!, cancellationToken));

    public UnsentCall Of(ParseResult parsed, SluiceOptions options, byte[] body)
    {
        var headers = new HeaderList();
        foreach (var tag in parsed.GetValue(Tags)!)
            headers.Add(Tagging.HeaderPrefix + tag[..tag.IndexOf('=', StringComparison.Ordinal)], tag[(tag.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        if (parsed.GetValue(Hint) is { } hint)
            headers.Add(RequestTraits.HintHeader, hint);
        return new UnsentCall(options, parsed.GetValue(Model)!, parsed.GetValue(Operation)!, headers, body);
    }

    public static async Task<byte[]> BodyAsync(string file, CancellationToken cancellationToken)
    {
        if (file != "-")
            return await System.IO.File.ReadAllBytesAsync(file, cancellationToken);
        await using var input = Console.OpenStandardInput();
        using var whole = new MemoryStream();
        await input.CopyToAsync(whole, cancellationToken);
        return whole.ToArray();
    }
}

/// <summary>A call as it would stand in the pipeline behind the plan stage, for levers to be asked what they would do.</summary>
internal sealed class UnsentCall : IDisposable
{
    private readonly UpstreamFactory _upstreams = new(TimeProvider.System);
    private readonly InvocationLifetime _lifetime = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);

    public UnsentCall(SluiceOptions options, string model, string operation, HeaderList headers, byte[] body)
    {
        var target = operation switch
        {
            "chat-completions" => "/openai/v1/chat/completions",
            "responses" => "/openai/v1/responses",
            "messages" => "/anthropic/v1/messages",
            _ => $"/model/{Uri.EscapeDataString(model)}/{operation}",
        };
        var match = OperationTable.Match("POST", target);
        var facts = RequestReader.Read(match.Operation, match.ModelIdentifier, headers.First, body);
        model = facts.Model ?? model;
        Invocation = new Invocation
        {
            Id = "explained",
            StartedAt = TimeProvider.System.GetUtcNow(),
            StartTimestamp = 0,
            Request = new InvocationRequest
            {
                Method = "POST",
                Target = Gateway.Edge.RequestTarget.Of(target),
                Operation = match.Operation,
                Model = ModelIdentifier.Parse(model),
                Headers = headers,
                Body = body,
                Facts = facts,
            },
            Upstream = _upstreams.Get(new UpstreamOptions { Name = "simulator", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://127.0.0.1"), Region = OptionsReader.DefaultRegion() }),
            Lifetime = _lifetime,
        };
        Invocation.Levers = new LeverPlan(options.Levers.For(Invocation.Tags, null, model), IsControl: false, Conversation: null, HeldBack: null, Named: null);
    }

    public Invocation Invocation { get; }

    public bool IsWellFormed => Invocation.Request.Facts.WellFormed;

    public void Dispose()
    {
        Invocation.Dispose();
        _lifetime.Dispose();
        _upstreams.Dispose();
    }
}
