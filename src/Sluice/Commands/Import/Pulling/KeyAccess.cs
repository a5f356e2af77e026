using Sluice.Hosting;

namespace Sluice.Commands.Import.Pulling;

/// <summary>An admin key from the environment, in a header. It goes nowhere else.</summary>
/// <param name="variable">The environment variable that has the key.</param>
/// <param name="header">The header that takes it.</param>
/// <param name="prefix">What stands before it there.</param>
/// <param name="others">Headers that go with it.</param>
internal sealed class KeyAccess(string variable, string header, string prefix, params KeyValuePair<string, string>[] others) : IPullAccess
{
    public string Needs => $"{variable} must hold an admin key of the organization";

    public ValueTask AuthorizeAsync(HttpRequestMessage request, byte[]? body)
    {
        var key = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrWhiteSpace(key))
            throw new CouldNotRunException($"{variable} is not set; it must hold an admin key of the organization, which its console makes.");
        request.Headers.TryAddWithoutValidation(header, prefix + key.Trim());
        foreach (var (name, value) in others)
            request.Headers.TryAddWithoutValidation(name, value);
        return ValueTask.CompletedTask;
    }
}
