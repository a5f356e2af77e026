using Sluice.Core.Invocations;

namespace Sluice.Simulator.Models;

/// <summary>One row of models.csv: a foundation model as far as the simulator needs to know it.</summary>
/// <param name="Id">The base model's id, such as <c>amazon.nova-lite-v1:0</c>.</param>
/// <param name="Dialect">The schema of its own InvokeModel body; unknown for one that InvokeModel doesn't serve.</param>
/// <param name="MaxOutputTokens">The most tokens that it writes; 0 for a model that writes none.</param>
/// <param name="TtftMs">Milliseconds to the first token; made up, but of the right size.</param>
/// <param name="TokensPerSecond">Output tokens a second; made up likewise; 0 for a model that writes none.</param>
/// <param name="Burndown">How many tokens of quota one output token settles at.</param>
/// <param name="CountsTokens">Whether CountTokens serves it by its bare id.</param>
/// <param name="TokenHeaders">Whether InvokeModel's reply has the token-count headers.</param>
internal sealed record BedrockModel(
    string Id, Dialect Dialect, int MaxOutputTokens, int TtftMs, int TokensPerSecond, int Burndown, bool CountsTokens, bool TokenHeaders)
{
    public bool IsClaude { get; } = Id.StartsWith("anthropic.", StringComparison.Ordinal);

    public bool IsEmbedding => Dialect is Dialect.TitanEmbedding or Dialect.CohereEmbed;

    public bool WritesText => MaxOutputTokens > 0;

    /// <summary>The id without its provider, as the model names itself in a reply: <c>claude-sonnet-4-5-20250929</c>.</summary>
    public string ShortName { get; } = WithoutVersion(Id[(Id.IndexOf('.') + 1)..]);

    public static List<BedrockModel> ReadAll() => DataTable.Read("models.csv", row => new BedrockModel(
        row.Text("model"), Enum.Parse<Dialect>(row.Text("dialect")), row.Int("max_output_tokens"), row.Int("ttft_ms"),
        row.Int("tokens_per_second"), row.Int("burndown"), row.Yes("count_tokens"), row.Yes("token_headers")));

    /// <summary>Cuts off Bedrock's own version, such as <c>-v1:0</c>.</summary>
    public static string WithoutVersion(string name)
    {
        var version = name.LastIndexOf("-v", StringComparison.Ordinal);
        return version > 0 && name.AsSpan(version + 2).IndexOfAnyExceptInRange('0', ':') < 0 ? name[..version] : name;
    }
}
