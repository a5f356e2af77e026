namespace EndToEnd.Clients;

/// <summary>No lever is on.</summary>
public sealed class PlainClientsFixture() : ClientsFixture(levers: "");
