namespace Sluice.Bedrock.Signing;

/// <summary>What AWS identifies a caller by. Prints as the access key's id alone, so that no log can hold the secret.</summary>
public sealed class SigningCredentials(string accessKeyId, string secretAccessKey, string? sessionToken = null)
{
    public string AccessKeyId { get; } = accessKeyId;

    public string SecretAccessKey { get; } = secretAccessKey;

    /// <summary>Null for credentials of long life.</summary>
    public string? SessionToken { get; } = sessionToken;

    public override string ToString() => AccessKeyId;
}
