namespace EndToEnd.Levers;

[CollectionDefinition(Name)]
public sealed class LeverClients : ICollectionFixture<LeverClientsFixture>
{
    public const string Name = "real clients with levers";
}
