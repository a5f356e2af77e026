using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Sluice.Core;
using Sluice.Core.Pricing;

namespace Sluice.Insights.Imports.Cur;

/// <summary>
/// Finds the model that a bill means by the key in a usage type (<c>Claude4.6Sonnet</c>, <c>Llama4-Maverick-17B</c>) or by a product's
/// name (<c>Claude Sonnet 4.6 (Amazon Bedrock Edition)</c>).
/// </summary>
internal static class BilledModels
{
    private const string Edition = "(Amazon Bedrock Edition)";

    /// <summary>
    /// Keys that say less than the model's name, with what they mean: of revisions that share a key, the one in use. The last two are those
    /// of the endpoint that knows no revisions.
    /// </summary>
    private static readonly FrozenDictionary<string, string> Special = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Claude2.0"] = "anthropic.claude-v2",
        ["Claude1.3"] = "anthropic.claude-v1",
        ["Claude3-5Sonnet"] = "anthropic.claude-3-5-sonnet-20240620-v1:0",
        ["Claude3-5Sonnetv2"] = "anthropic.claude-3-5-sonnet-20241022-v2:0",
        ["MistralLarge"] = "mistral.mistral-large-2402-v1:0",
        ["MistralSmall"] = "mistral.mistral-small-2402-v1:0",
        ["Titan-Embed-Text"] = "amazon.titan-embed-text-v2:0",
        ["openai.gpt-oss-120b"] = "openai.gpt-oss-120b-1:0",
        ["openai.gpt-oss-20b"] = "openai.gpt-oss-20b-1:0",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly Regex ClaudeKey = LinearRegex.Of("^Claude(?<version>[0-9]+(?:[-.][0-9]+)?)(?<kind>[A-Z][a-z]+)$");

    private static readonly Regex Revision = LinearRegex.Of("(?:-v[0-9.]+)?(?::[0-9a-z]+)*$|-1:0$");

    private static readonly Regex LeftOut = LinearRegex.Of("(?:-(?:instruct|chat|it))+(?<end>-|$)");

    private static readonly FrozenDictionary<string, KnownModel> ByKey = BuildKeys();

    /// <summary>Whether a service is Bedrock, or a model that the Marketplace bills as a service of its own.</summary>
    public static bool IsBedrock(string service) => service.StartsWith("Amazon Bedrock", StringComparison.Ordinal) || IsEdition(service);

    public static bool IsEdition(string product) => product.EndsWith(Edition, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null where no model fits.</summary>
    public static KnownModel? Find(string name)
    {
        var bare = IsEdition(name) ? name[..^Edition.Length].Trim() : name;
        var models = PriceBook.Default.Models;
        if (Special.TryGetValue(bare, out var id))
            return models.Find(id);
        if (models.Resolve(bare) is { Exists: true } model)
            return model;
        // Claude4.6Sonnet is Claude Sonnet 4.6.
        var match = ClaudeKey.Match(bare);
        if (match.Success)
        {
            var (version, kind) = (match.Groups["version"].Value.Replace('-', '.'), match.Groups["kind"].Value);
            model = models.Resolve($"Claude {kind} {version}") ?? models.Resolve($"Claude {version} {kind}");
            if (model is { Exists: true })
                return model;
        }
        return ByKey.GetValueOrDefault(Plain(bare));
    }

    /// <summary>What stays of each id without its maker, revision and the words that keys leave out. A key that two models share is no key.</summary>
    private static FrozenDictionary<string, KnownModel> BuildKeys() => PriceBook.Default.Models.All
        .Where(m => m.Exists && !m.Id.Contains('/', StringComparison.Ordinal))
        .SelectMany(m => Keys(m).Distinct(StringComparer.Ordinal).Select(key => (Key: key, Model: m)))
        .GroupBy(p => p.Key, StringComparer.Ordinal)
        .Where(g => g.Count() == 1)
        .ToFrozenDictionary(g => g.Key, g => g.First().Model, StringComparer.Ordinal);

    private static IEnumerable<string> Keys(KnownModel model)
    {
        var id = model.Id;
        var bare = Revision.Replace(id[(id.IndexOf('.', StringComparison.Ordinal) + 1)..], "");
        var provider = id[..id.IndexOf('.', StringComparison.Ordinal)];
        foreach (var name in (string[])[bare, LeftOut.Replace(bare, "${end}"), model.Name])
        {
            yield return Plain(name);
            yield return Plain(provider + name);
        }
    }

    private static string Plain(string text) =>
        string.Concat(text.Replace(".0", "", StringComparison.Ordinal).Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant));
}
