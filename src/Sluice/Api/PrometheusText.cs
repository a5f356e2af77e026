using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Sluice.Gateway;

namespace Sluice.Api;

/// <summary>
/// The gateway's instruments in Prometheus's text format (version 0.0.4). Own code because the exporter package for it can't
/// be had; a histogram is shown by its sum and count, which is what rates are made of.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();

    public PrometheusText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Record(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Record(instrument, value, labels));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in _series.GroupBy(s => s.Key.Instrument).OrderBy(f => f.Key.Name, StringComparer.Ordinal))
        {
            var isGauge = family.Key.GetType().Name.StartsWith("ObservableGauge", StringComparison.Ordinal);
            var isHistogram = family.Key is Histogram<double>;
            var name = family.Key.Name.Replace('.', '_') + (family.Key.Unit is "s" ? "_seconds" : family.Key.Unit is "USD" ? "_usd" : "");
            var total = isGauge || isHistogram ? name : name + "_total";
            text.Append("# HELP ").Append(total).Append(' ').AppendLine(family.Key.Description);
            text.Append("# TYPE ").Append(total).Append(' ').AppendLine(isGauge ? "gauge" : isHistogram ? "summary" : "counter");
            foreach (var ((_, labels), series) in family.OrderBy(s => s.Key.Labels, StringComparer.Ordinal))
            {
                if (isHistogram)
                    text.Append(name).Append("_count").Append(labels).Append(' ').AppendLine(series.Count.ToString(CultureInfo.InvariantCulture));
                text.Append(isHistogram ? name + "_sum" : total).Append(labels).Append(' ').AppendLine((family.Key.IsObservable ? series.Last : series.Sum).ToString("R", CultureInfo.InvariantCulture));
            }
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var key = Labels(labels);
        _series.GetOrAdd((instrument, key), static _ => new Series()).Add(value);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (labels.IsEmpty)
            return "";
        var text = new StringBuilder("{");
        foreach (var (name, value) in labels)
            text.Append(text.Length > 1 ? "," : "").Append(name).Append("=\"").Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        return text.Append('}').ToString();
    }

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class Series
    {
        private readonly Lock _gate = new();

        public double Sum { get; private set; }

        public double Last { get; private set; }

        public long Count { get; private set; }

        public void Add(double value)
        {
            lock (_gate)
            {
                Sum += value;
                Last = value;
                Count++;
            }
        }
    }
}
