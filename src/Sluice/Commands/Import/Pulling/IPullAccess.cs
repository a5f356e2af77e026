using Sluice.Hosting;

namespace Sluice.Commands.Import.Pulling;

/// <summary>How one provider lets its costs be asked for.</summary>
internal interface IPullAccess
{
    /// <summary>What a user must set or be allowed, for the message of a refusal.</summary>
    string Needs { get; }

    /// <summary>Puts what proves the caller's rights into a request that is complete otherwise.</summary>
    /// <exception cref="CouldNotRunException">There are no credentials.</exception>
    ValueTask AuthorizeAsync(HttpRequestMessage request, byte[]? body);
}
