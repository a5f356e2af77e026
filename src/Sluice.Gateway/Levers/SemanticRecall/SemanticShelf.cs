using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>The questions and answers of those calls whose settings are the same, and what turns a question into a place.</summary>
internal sealed class SemanticShelf
{
    /// <summary>A look-up that takes longer would cost more than it can save.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IEmbedder _embedder;
    private readonly SemanticRecallOptions _options;
    private readonly TimeProvider _time;
    private readonly FailureRest _rest;

    public SemanticShelf(SemanticRecallOptions options, SemanticModel model, TimeProvider time)
    {
        (_options, _time, _rest, Model) = (options, time, new FailureRest(time), model);
        Judge = options.Judge is { } judge ? new StoredAnswerJudge(judge, options.JudgePoints, time) : null;
        _embedder = options.Embedder is null ? new HashedEmbedder(model.Weights) : Bedrock((_, _) => default);
        Memory = new SemanticMemory(
            _embedder,
            // A verifier was trained with the cosine of the hashed embedder, and knows no other.
            options.Embedder is null ? model.Verifier : null,
            model.Calibration,
            new SemanticMemoryOptions { MaxBytes = options.MaxBytes / 2, Bound = new ErrorBoundOptions { MaxErrorShare = options.ErrorRate, Basis = options.Basis } });
        Replies = new ReplyStore(options.MaxBytes / 2);
    }

    /// <summary>What scores and labels depend on, by which rows on a disk are known again.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{_embedder.Identity} {Model.Calibration} {Model.Verifier is not null} {_options.ErrorRate} {_options.Basis} {_options.Judge?.Raw} {_options.JudgePoints}");

    public SemanticModel Model { get; }

    public SemanticMemory Memory { get; }

    public ReplyStore Replies { get; }

    /// <summary>Null where texts alone are compared.</summary>
    public StoredAnswerJudge? Judge { get; }

    public EmbedderIdentity Embedder => _embedder.Identity;

    /// <summary>The place of a text, and what it cost to know it. Null where it can't be told: the call is then not looked up.</summary>
    public async ValueTask<(Embedding? Embedding, Money Cost)> EmbedAsync(Invocation invocation, string text, Next next, CancellationToken cancellationToken)
    {
        if (_options.Embedder is not { } model)
            return (await _embedder.EmbedAsync(text, cancellationToken), Money.Zero);
        if (_rest.IsNow)
            return default;
        var (cost, isAsked) = (Money.Zero, false);
        using var patience = new CancellationTokenSource(Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var embedder = Bedrock(async (body, token) =>
        {
            isAsked = true;
            (var side, cost) = await SideCall.AskAsync(invocation, model, Operation.InvokeModel, body, next, token);
            return side?.Body;
        });
        Embedding? embedding = null;
        try
        {
            embedding = await embedder.EmbedAsync(text, both.Token);
        }
        finally
        {
            if (isAsked && embedding is null)
                _rest.Begin();
        }
        return (embedding, cost);
    }

    private BedrockEmbedder Bedrock(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> invoke) => BedrockEmbedder.Of(_options.Embedder!, invoke);
}
