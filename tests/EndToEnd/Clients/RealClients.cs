namespace EndToEnd.Clients;

[CollectionDefinition(Name)]
public sealed class RealClients : ICollectionFixture<PlainClientsFixture>
{
    public const string Name = "real clients";
}
