namespace Sluice.Bedrock.Signing;

/// <summary>The headers that a signature adds to a request, replacing any of the same name.</summary>
/// <param name="Authorization">The value of <c>authorization</c>.</param>
/// <param name="Date">The value of <c>x-amz-date</c>.</param>
/// <param name="SecurityToken">The value of <c>x-amz-security-token</c>; null for none.</param>
/// <param name="ContentSha256">The value of <c>x-amz-content-sha256</c>; null for none.</param>
public readonly record struct SigV4Headers(string Authorization, string Date, string? SecurityToken, string? ContentSha256)
{
    /// <summary>Gives each header with its name to <paramref name="add"/>, as a request needs them.</summary>
    public void AddTo(Action<string, string> add)
    {
        add("Authorization", Authorization);
        add("X-Amz-Date", Date);
        if (ContentSha256 is not null)
            add("X-Amz-Content-Sha256", ContentSha256);
        if (SecurityToken is not null)
            add("X-Amz-Security-Token", SecurityToken);
    }
}
