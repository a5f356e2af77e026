using System.Globalization;
using Sluice.Core.Alerts;
using Sluice.Insights.Alerting;
using Sluice.Output;

namespace Sluice.Commands.Alerts;

/// <summary>Alerts with a row for each delivery, and one for an alert that no channel takes.</summary>
internal static class AlertsListing
{
    public static Listing Of(IEnumerable<KeptAlert> alerts, string? state, string? kind, TimeProvider time, bool forPeople)
    {
        var table = forPeople
            ? new Listing("id", "raised", "kind", "what happened", "channel", "state")
            : new Listing("id", "raised_at", "kind", "subject", "occasion", "title", "advice", "channel", "state", "tries", "age_seconds", "next_at", "delivered_at", "error", "facts");
        foreach (var kept in alerts.Where(a => kind is null || a.Alert.Kind.Name() == kind))
        {
            IEnumerable<Delivery?> deliveries = kept.Deliveries;
            if (kept.Deliveries.Count == 0)
                deliveries = [null];
            foreach (var delivery in deliveries.Where(d => state is null || (d is not null && Name(d.State) == state)))
            {
                var age = (long)Math.Max(0, ((delivery?.DeliveredAt ?? time.GetUtcNow()) - kept.RaisedAt).TotalSeconds);
                if (forPeople)
                    table.Add(kept.Id[..8], Stamp(kept.RaisedAt), kept.Alert.Kind.Name(), kept.Alert.Title, delivery?.Channel, Words(delivery, age));
                else
                    AddRow(table, kept, delivery, age);
            }
        }
        return table;
    }

    private static void AddRow(Listing table, KeptAlert kept, Delivery? delivery, long age)
    {
        var alert = kept.Alert;
        table.Add(
            kept.Id, Stamp(kept.RaisedAt), alert.Kind.Name(), alert.Subject, alert.Occasion, alert.Title, alert.Advice, delivery?.Channel, delivery is null ? null : Name(delivery.State),
            delivery?.Tries, age, Stamp(delivery?.NextAt), Stamp(delivery?.DeliveredAt), delivery?.Error, string.Join(';', alert.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")));
    }

    private static string Words(Delivery? delivery, long age) => delivery?.State switch
    {
        null => "no channel takes it",
        DeliveryState.Delivered => "delivered",
        DeliveryState.GivenUp => string.Create(CultureInfo.InvariantCulture, $"given up after {delivery.Tries} tries: {delivery.Error}"),
        _ when delivery.Tries == 0 => string.Create(CultureInfo.InvariantCulture, $"waiting for {age} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"waiting for {age} s, {delivery.Tries} tries: {delivery.Error}"),
    };

    private static string Name(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => "waiting",
        DeliveryState.Delivered => "delivered",
        _ => "given_up",
    };

    private static string? Stamp(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
