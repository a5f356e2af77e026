using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Sets inference parameters, whether the body has them or not.</summary>
public static class ParameterEdits
{
    /// <summary>
    /// Adds the edits that give parameters their values; all parameters that one body is to get go into one call. Where the
    /// caller used the dialect's second name for a parameter, the value takes its place there.
    /// </summary>
    /// <param name="outline">The body's outline.</param>
    /// <param name="values">Each parameter once, with its value as JSON.</param>
    /// <param name="edits">Where the edits go.</param>
    /// <returns>False where the outline is incomplete or the dialect has no such parameter; then there is no edit.</returns>
    public static bool Set(PromptOutline outline, ReadOnlySpan<(PromptParameter Parameter, byte[] Json)> values, BodyEdits edits)
    {
        if (!outline.IsComplete)
            return false;
        foreach (var (parameter, _) in values)
        {
            if (Name(outline.Dialect, parameter).IsEmpty)
                return false;
        }

        var missing = new PooledList<byte>();
        foreach (var (parameter, json) in values)
        {
            if (TryReplace(outline, parameter, json, edits))
                continue;
            var name = Name(outline.Dialect, parameter);
            if (!outline.ParameterObject.IsNone)
            {
                edits.AddMember(outline.ParameterObject, name, json);
                continue;
            }
            missing.AddRange(missing.Count == 0 ? "{\""u8 : ",\""u8);
            missing.AddRange(name);
            missing.AddRange("\":"u8);
            missing.AddRange(json);
        }
        if (missing.Count > 0)
        {
            missing.Add((byte)'}');
            if (outline.ParameterNull.IsNone)
                edits.AddMember(outline.Root, "inferenceConfig"u8, missing.Items);
            else
                edits.Replace(outline.ParameterNull, missing.Items);
        }
        missing.Return();
        return true;
    }

    private static bool TryReplace(PromptOutline outline, PromptParameter parameter, byte[] json, BodyEdits edits)
    {
        var place = outline.Parameter(parameter);
        if (!place.IsNone)
            edits.Replace(place, json);
        var alias = parameter == PromptParameter.MaxTokens ? outline.Parameter(PromptParameter.MaxTokensAlias) : default;
        if (!alias.IsNone)
            edits.Replace(alias, json);
        return !place.IsNone || !alias.IsNone;
    }

    /// <summary>The name under which a missing parameter is added; empty where the dialect has none.</summary>
    private static ReadOnlySpan<byte> Name(Dialect dialect, PromptParameter parameter) => (dialect, parameter) switch
    {
        (Dialect.Converse or Dialect.Nova, PromptParameter.MaxTokens) => "maxTokens"u8,
        (Dialect.Anthropic, PromptParameter.MaxTokens) => "max_tokens"u8,
        // OpenAI has deprecated max_tokens, and its reasoning models refuse it.
        (Dialect.OpenAi, PromptParameter.MaxTokens) => "max_completion_tokens"u8,
        (_, PromptParameter.Temperature) => "temperature"u8,
        (Dialect.Converse or Dialect.Nova, PromptParameter.TopP) => "topP"u8,
        (_, PromptParameter.TopP) => "top_p"u8,
        (Dialect.Nova, PromptParameter.TopK) => "topK"u8,
        (Dialect.Anthropic, PromptParameter.TopK) => "top_k"u8,
        (Dialect.OpenAi, PromptParameter.Seed) => "seed"u8,
        (Dialect.Converse or Dialect.Nova, PromptParameter.StopSequences) => "stopSequences"u8,
        (Dialect.Anthropic, PromptParameter.StopSequences) => "stop_sequences"u8,
        (Dialect.OpenAi, PromptParameter.StopSequences) => "stop"u8,
        _ => default,
    };
}
