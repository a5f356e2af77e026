using EndToEnd.Clients;

namespace EndToEnd.Levers;

/// <summary>The same clients over a gateway with every lever on: none of them may notice.</summary>
public sealed class LeverClientsFixture() : ClientsFixture(AllOn)
{
    /// <summary>No call is control, so that every one meets the levers, and nothing keeps a call where it is.</summary>
    internal const string AllOn = "levers: { mode: on, control_share: 0, place: { any_region: true, tier: flex, standard_latency: true } }";
}
