namespace EndToEnd.Clients;

[CollectionDefinition(Name)]
public sealed class RealClients : ICollectionFixture<ClientsFixture>
{
    public const string Name = "real clients";
}
