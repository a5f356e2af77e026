using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>Tells of each model that is called without a price, once a month. Thread-safe.</summary>
internal sealed class UnpricedModels(TimeProvider time)
{
    /// <summary>Callers may ask for models that there are none of; beyond it nothing more is told within the month.</summary>
    private const int MaxRemembered = 1_000;

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private int _month;

    /// <param name="record">One whose cost is not known; without a price it is where its usage is known all the same.</param>
    public void Look(InvocationRecord record, RaiseAlert raise)
    {
        foreach (var attempt in record.Attempts)
        {
            if (attempt is { Usage: not null, Cost: null })
                Tell(attempt.Model.Length > 0 ? attempt.Model : record.Operation.Name(), record, raise);
        }
    }

    private void Tell(string model, InvocationRecord record, RaiseAlert raise)
    {
        var now = time.GetUtcNow();
        var month = (now.Year * 12) + now.Month;
        if (Interlocked.Exchange(ref _month, month) != month)
            _told.Clear();
        if (_told.Count >= MaxRemembered || !_told.TryAdd(model, true))
            return;
        raise(new Alert
        {
            Kind = AlertKind.UnpricedModel,
            Subject = model,
            Occasion = now.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            Title = $"The model {PlainText.Of(model)} is called in {record.Region} and has no price: what its calls cost is not known.",
            Advice = "Put its price into a file of your own and name that under prices.file, or for an ARN name the model behind it under models. Calls up to then stay unpriced; they do not count as free.",
            At = now,
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model"] = model,
                ["served_model"] = record.ServedModel ?? "",
                ["region"] = record.Region ?? "",
                ["tier"] = record.Tier.Name(),
                ["invocation_id"] = record.InvocationId,
            },
        });
    }
}
