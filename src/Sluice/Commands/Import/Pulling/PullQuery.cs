using System.Text.Json;
using Sluice.Insights.Store;

namespace Sluice.Commands.Import.Pulling;

/// <summary>One question to an API of a provider, whose answer comes in pages.</summary>
internal sealed record PullQuery
{
    /// <summary>Tells it from the other questions of the same pull: <c>costs</c>.</summary>
    public required string Name { get; init; }

    public required BillSource Source { get; init; }

    /// <summary>Makes the request for a page: null for the first, else what the page before named.</summary>
    public required Func<string?, PullRequest> Request { get; init; }

    /// <summary>The name of the next page; null after the last.</summary>
    public required Func<JsonElement, string?> Next { get; init; }
}

/// <summary>A request before it is signed.</summary>
/// <param name="Body">Null for a GET.</param>
/// <param name="Target">AWS's operation; null elsewhere.</param>
internal sealed record PullRequest(Uri Address, byte[]? Body = null, string? Target = null);
