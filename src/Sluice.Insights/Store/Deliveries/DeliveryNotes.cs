namespace Sluice.Insights.Store.Deliveries;

/// <summary>What reading a delivery once has told for reading it again.</summary>
internal sealed class DeliveryNotes
{
    /// <summary>Parts that say what another part of the same delivery says, and are counted with it; with the other's name.</summary>
    public Dictionary<string, string> Repeated { get; } = new(StringComparer.Ordinal);

    /// <summary>Deliveries that came again with other content, so that they take the place of what was there.</summary>
    public HashSet<string> Renewed { get; } = new(StringComparer.Ordinal);
}
