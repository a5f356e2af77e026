namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>An inference parameter that levers look at, whatever the dialect calls it.</summary>
public enum PromptParameter : byte
{
    MaxTokens,
    /// <summary>The dialect's second name for the same: <c>max_tokens</c> of OpenAI, <c>max_new_tokens</c> of Nova.</summary>
    MaxTokensAlias,
    Temperature,
    TopP,
    TopK,
    Seed,
    StopSequences,
    /// <summary>The format or schema that the reply has to keep to.</summary>
    OutputFormat,
}

/// <summary>A JSON object into which a member can be put.</summary>
/// <param name="Open">Offset of the first byte behind its opening brace.</param>
/// <param name="IsEmpty">It has no member yet.</param>
public readonly record struct ObjectPlace(int Open, bool IsEmpty)
{
    /// <summary>There is no such object.</summary>
    public bool IsNone => Open == 0;
}
