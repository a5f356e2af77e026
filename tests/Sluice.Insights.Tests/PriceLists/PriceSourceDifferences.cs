namespace Sluice.Insights.Tests.PriceLists;

/// <summary>
/// Where the book departs from the two lists, by the list's own id, and why. A reason for an id holds for all of its kinds;
/// docs/prices.md has the same in prose.
/// </summary>
internal static class PriceSourceDifferences
{
    private const string BareIsRegional = "A bare id of Claude 4.5 and later pays the regional rate, 1.10 times this global one.";
    private const string LaunchPrice = "The price at launch; AWS's own list has the lower one that came after it.";
    private const string OtherRegion = "The price of eu-central-1; a profile pays the price of the region that it is called from, eu-west-1 here.";
    private const string PriorityPrice = "The price of the priority tier, 1.75 times the standard one.";
    private const string ExtendedAccess = "Not a price of long contexts, which the model doesn't take, but of public extended access.";

    public static Dictionary<string, string> LiteLlm { get; } = new(StringComparer.Ordinal)
    {
        ["anthropic.claude-fable-5"] = BareIsRegional,
        ["anthropic.claude-haiku-4-5-20251001-v1:0"] = BareIsRegional,
        ["anthropic.claude-haiku-4-5@20251001"] = BareIsRegional,
        ["anthropic.claude-opus-4-5-20251101-v1:0"] = BareIsRegional,
        ["anthropic.claude-opus-4-6-v1"] = BareIsRegional,
        ["anthropic.claude-opus-4-7"] = BareIsRegional,
        ["anthropic.claude-opus-4-8"] = BareIsRegional,
        ["anthropic.claude-opus-5"] = BareIsRegional,
        ["anthropic.claude-sonnet-4-5-20250929-v1:0"] = BareIsRegional,
        ["anthropic.claude-sonnet-4-6"] = BareIsRegional,
        ["anthropic.claude-sonnet-5"] = BareIsRegional,
        ["claude-sonnet-4-5-20250929-v1:0"] = BareIsRegional,
        ["amazon.nova-2-lite-v1:0"] = "A bare id pays the regional rate, 1.10 times this global one.",
        ["eu.anthropic.claude-opus-4-5-20251101-v1:0"] = "Lacks the 10% of a geographic profile.",
        ["eu.anthropic.claude-3-5-haiku-20241022-v1:0"] = "The price of Claude 3 Haiku.",
        ["anthropic.claude-3-7-sonnet-20240620-v1:0"] = "No such model; the figures are those of the GovCloud regions.",
        ["anthropic.claude-3-5-sonnet-20240620-v1:0 cache_read+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20240620-v1:0 cache_write_5m+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20240620-v1:0 input+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20240620-v1:0 output+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20241022-v2:0 cache_read+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20241022-v2:0 cache_write_5m+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20241022-v2:0 input+"] = ExtendedAccess,
        ["anthropic.claude-3-5-sonnet-20241022-v2:0 output+"] = ExtendedAccess,
        ["bedrock/ap-northeast-1/anthropic.claude-instant-v1"] = LaunchPrice,
        ["bedrock/eu-central-1/anthropic.claude-instant-v1"] = LaunchPrice,
        ["amazon.titan-text-express-v1"] = LaunchPrice,
        ["amazon.titan-text-lite-v1"] = LaunchPrice,
        ["cohere.command-text-v14"] = LaunchPrice,
        ["meta.llama3-1-405b-instruct-v1:0"] = LaunchPrice,
        ["meta.llama3-1-70b-instruct-v1:0"] = LaunchPrice,
        ["meta.llama3-2-11b-instruct-v1:0"] = LaunchPrice,
        ["meta.llama3-2-90b-instruct-v1:0"] = LaunchPrice,
        ["us.meta.llama3-1-405b-instruct-v1:0"] = LaunchPrice,
        ["us.meta.llama3-1-70b-instruct-v1:0"] = LaunchPrice,
        ["us.meta.llama3-2-11b-instruct-v1:0"] = LaunchPrice,
        ["us.meta.llama3-2-90b-instruct-v1:0"] = LaunchPrice,
        ["mistral.mistral-large-2402-v1:0"] = LaunchPrice,
        ["mistral.mistral-large-2407-v1:0"] = LaunchPrice,
        ["bedrock/us-east-1/mistral.mistral-large-2402-v1:0"] = LaunchPrice,
        ["bedrock/us-west-2/mistral.mistral-large-2402-v1:0"] = LaunchPrice,
        ["bedrock/eu-west-3/mistral.mistral-large-2402-v1:0"] = LaunchPrice,
        ["eu.amazon.nova-lite-v1:0"] = OtherRegion,
        ["eu.amazon.nova-micro-v1:0"] = OtherRegion,
        ["eu.amazon.nova-pro-v1:0"] = OtherRegion,
        ["eu.meta.llama3-2-1b-instruct-v1:0"] = OtherRegion,
        ["eu.meta.llama3-2-3b-instruct-v1:0"] = OtherRegion,
        ["eu.amazon.nova-2-lite-v1:0"] = "The regional rate of the US; AWS's list and the newer of the two have 0.374 / 3.157 in eu-west-1.",
        ["apac.amazon.nova-2-lite-v1:0"] = "The regional rate of the US; AWS's list has a global 0.32 / 2.63 in ap-southeast-2, and a profile pays 1.10 times that.",
        ["amazon.nova-2-pro-preview-20251202-v1:0"] = PriorityPrice,
        ["us.amazon.nova-2-pro-preview-20251202-v1:0"] = PriorityPrice,
        ["eu.amazon.nova-2-pro-preview-20251202-v1:0"] = PriorityPrice,
        ["apac.amazon.nova-2-pro-preview-20251202-v1:0"] = PriorityPrice,
        ["bedrock/ap-southeast-2/minimax.minimax-m2.5"] = "AWS rounds this region to 0.31 / 1.24.",
        ["bedrock/moonshotai.kimi-k2-thinking"] = "The price of ap-northeast-1 under an id without a region.",
        ["bedrock/moonshotai.kimi-k2.5 output"] = "Belongs to Kimi K2 Thinking.",
        ["bedrock_mantle/openai.gpt-oss-20b input"] = "The other three sources have 0.07.",
        ["bedrock_mantle/openai.gpt-oss-safeguard-20b"] = "The other three sources have 0.07 / 0.20.",
        ["qwen.qwen3-coder-480b-a35b-v1:0 input"] = "Belongs to Qwen3 235B; the other sources have 0.45.",
        ["amazon.nova-canvas-v1:0"] = "One of four prices: by size and quality.",
        ["us.amazon.nova-canvas-v1:0"] = "One of four prices: by size and quality.",
        ["bedrock/us-gov-east-1/meta.llama3-8b-instruct-v1:0"] = "AWS's list has the model in us-gov-west-1 only, by the list's own later correction.",
        ["bedrock/us-gov-west-1/meta.llama3-8b-instruct-v1:0 output"] = "The price of the 70B model's input; the list's own later correction has 0.60.",
        ["twelvelabs.marengo-embed-2-7-v1:0"] = "Dollars for a million text requests, not tokens.",
        ["us.twelvelabs.marengo-embed-2-7-v1:0"] = "Dollars for a million text requests, not tokens.",
        ["eu.twelvelabs.marengo-embed-2-7-v1:0"] = "Dollars for a million text requests, not tokens.",
    };

    public static Dictionary<string, string> ModelsDev { get; } = new(StringComparer.Ordinal)
    {
        ["anthropic.claude-fable-5"] = BareIsRegional,
        ["anthropic.claude-fable-5-1"] = BareIsRegional,
        ["anthropic.claude-fable-5-2"] = BareIsRegional,
        ["anthropic.claude-haiku-4-5-20251001-v1:0"] = BareIsRegional,
        ["anthropic.claude-haiku-5-5"] = BareIsRegional,
        ["anthropic.claude-opus-4-5-20251101-v1:0"] = BareIsRegional,
        ["anthropic.claude-opus-4-7"] = BareIsRegional,
        ["anthropic.claude-opus-4-8"] = BareIsRegional,
        ["anthropic.claude-opus-5-5"] = BareIsRegional,
        ["anthropic.claude-sonnet-4-5-20250929-v1:0"] = BareIsRegional,
        ["anthropic.claude-sonnet-5"] = BareIsRegional,
        ["anthropic.claude-sonnet-5-5"] = BareIsRegional,
    };
}
