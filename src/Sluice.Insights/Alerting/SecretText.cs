namespace Sluice.Insights.Alerting;

/// <summary>A text that nothing prints by accident. It is read where it lies when it is used, so a changed file needs no restart.</summary>
public sealed class SecretText
{
    private readonly Func<string> _read;

    public SecretText(string value) => _read = () => value;

    private SecretText(Func<string> read) => _read = read;

    public static SecretText OfVariable(string name) => new(() => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new DeliveryException($"there is no environment variable {name}."));

    /// <summary>White space around it is none of it.</summary>
    public static SecretText OfFile(string file) => new(() =>
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } value ? value : throw new DeliveryException($"the file '{file}' is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeliveryException($"the file '{file}' can't be read: {e.Message}", innerException: e);
        }
    });

    /// <exception cref="DeliveryException">It is not where it should be.</exception>
    public string Reveal() => _read();

    public override string ToString() => "(secret)";
}
