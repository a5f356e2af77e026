using Microsoft.Extensions.Logging;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway.Stages.Recording.Estimates;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>What every recording shares: the ledger, the prices of this configuration, the models that ARNs stand for.</summary>
public sealed partial class Recorder(
    ILedgerWriter ledger, PriceBook prices, ModelResolver models, RecordOptions options, GatewayMetrics metrics, TimeProvider time,
    ILogger<Recorder> logger)
{
    private readonly UnpricedModels _unpriced = new(time);

    /// <summary>Who is told of models without a price.</summary>
    public RaiseAlert? Raise { get; init; }

    /// <summary>What is known for replies that break off; to be kept when the configuration changes.</summary>
    public UsageEstimates Estimates { get; init; } = new();

    /// <summary>Answers whose usage a later read tells; to be kept when the configuration changes.</summary>
    public PendingAnswers Answers { get; init; } = new([]);

    internal TimeProvider Time => time;

    internal PriceBook Prices => prices;

    internal ModelResolver Models => models;

    internal OpenRecord Begin(Invocation invocation) => new(invocation, this);

    /// <exception cref="LedgerUnavailableException">The intent can't be written and the owner's setting is to refuse.</exception>
    internal void Open(InvocationRecord intent)
    {
        try
        {
            ledger.Open(intent);
        }
        catch (LedgerUnavailableException e) when (options.OnLedgerFailure == LedgerFailurePolicy.Pass)
        {
            metrics.Unrecorded();
            Log.Unrecorded(logger, intent.InvocationId, e.Message);
        }
    }

    internal void Close(InvocationRecord record)
    {
        ledger.Close(record);
        metrics.Ended(record);
        if (record.Cost is null && Raise is not null)
            _unpriced.Look(record, Raise);
    }

    internal void NotLearned(string invocationId, Exception fault) => Log.NotLearned(logger, fault, invocationId);

    private static partial class Log
    {
        [LoggerMessage(4, LogLevel.Error, "A lever could not learn from invocation {InvocationId}")]
        public static partial void NotLearned(ILogger logger, Exception exception, string invocationId);

        [LoggerMessage(2, LogLevel.Error, "Invocation {InvocationId} goes on without an intent in the ledger: {Cause}")]
        public static partial void Unrecorded(ILogger logger, string invocationId, string cause);
    }
}
