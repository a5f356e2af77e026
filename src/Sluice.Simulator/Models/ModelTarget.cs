namespace Sluice.Simulator.Models;

/// <summary>What a model identifier leads to.</summary>
internal sealed record ModelTarget(BedrockModel Model)
{
    /// <summary>The profile prefix that decides the price (<c>us</c>, <c>global</c>), or null for a bare id.</summary>
    public string? Profile { get; init; }

    /// <summary>The application inference profile that was called, whose ARN and tags the bill shows.</summary>
    public SimulatedProfile? ApplicationProfile { get; init; }

    /// <summary>Provisioned, imported and custom models are billed by the hour or minute that they stand ready, not by the call.</summary>
    public bool BilledByTime { get; init; }

    /// <summary>The ARN of the model that a prompt router chose, or null where none did.</summary>
    public string? RoutedArn { get; init; }

    /// <summary>The region in the identifier's ARN, or null.</summary>
    public string? Region { get; init; }

    /// <summary>What shares a prompt cache: a cache written through one profile isn't read through another.</summary>
    public string CacheScope => ApplicationProfile?.Id ?? Profile ?? "";
}
