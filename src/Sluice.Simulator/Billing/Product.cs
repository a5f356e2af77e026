using System.Collections.Frozen;
using Sluice.Simulator.Models;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Billing;

/// <summary>The three ways in which Bedrock's models come onto a bill.</summary>
internal enum BillFamily
{
    /// <summary>Amazon's own, open weights and older Claude: <c>AmazonBedrock</c>, per 1,000 tokens.</summary>
    Bedrock,
    /// <summary>Some newer Claude that AWS sells itself: <c>AmazonBedrockService</c>, per 1,000 tokens.</summary>
    Service,
    /// <summary>Items of the AWS Marketplace, each a product of its own: per 1,000,000 tokens.</summary>
    Marketplace,
}

/// <summary>What a model is called on the bill.</summary>
/// <param name="Family">Which bill family it is in.</param>
/// <param name="Key">The model in a usage type; empty on the Marketplace, whose usage types don't name it.</param>
/// <param name="ServiceName">What the product is called.</param>
/// <param name="ProductCode">What <c>line_item_product_code</c> says.</param>
/// <param name="NewStyle">On the Marketplace: whether usage types are in the style of Claude 4.7 and later.</param>
internal sealed record Product(BillFamily Family, string Key, string ServiceName, string ProductCode, bool NewStyle)
{
    private static readonly List<(string Model, BillFamily Family, string Name, bool NewStyle)> Rows = DataTable.Read("products.csv", row =>
        (row.Text("model"), Enum.Parse<BillFamily>(row.Text("family"), ignoreCase: true), row.Text("name"), row.Text("style") == "new"));

    private static readonly FrozenDictionary<string, string> RegionCodes =
        DataTable.Read("region-codes.csv", row => (row.Text("region"), row.Text("code"))).ToFrozenDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);

    public static Product Guardrails { get; } = new(BillFamily.Bedrock, "Guardrail", "Amazon Bedrock", "AmazonBedrock", false);

    public static Product Of(string model)
    {
        var (_, family, name, newStyle) = Rows.Find(row => DataTable.Fits(row.Model, model));
        switch (family)
        {
            case BillFamily.Marketplace:
                var service = name.Length > 0 ? name : $"{Spaced(model)} (Amazon Bedrock Edition)";
                // AWS's codes look random; these depend on the name alone, so that a product has one code for ever.
                return new(family, "", service, new Dice(Dice.Hash(System.Text.Encoding.UTF8.GetBytes(service))).NextId(25).ToLowerInvariant(), newStyle);
            case BillFamily.Service:
                return new(family, name, "Amazon Bedrock Service", "AmazonBedrockService", false);
            default:
                return new(family, name.Length > 0 ? name : KeyOf(model), "Amazon Bedrock", "AmazonBedrock", false);
        }
    }

    /// <summary>The region's billing code; a region without a known one stands for itself.</summary>
    public string RegionCode(string region)
    {
        if (region == "eu-west-1" && Family == BillFamily.Marketplace)
            return "EUW1";
        return RegionCodes.GetValueOrDefault(region, region);
    }

    /// <summary><c>meta.llama4-maverick-17b-instruct-v1:0</c> is Llama4-Maverick-17B.</summary>
    private static string KeyOf(string model)
    {
        var name = Bare(model);
        if (name.StartsWith("gpt-oss", StringComparison.Ordinal))
            return name;
        return string.Join('-', name.Split('-').Where(part => part is not ("instruct" or "chat" or "it")).Select(Capitalised));
    }

    private static string Spaced(string model)
    {
        var provider = model[..model.IndexOf('.')];
        var name = string.Join(' ', Bare(model).Split('-').Select(part => part == "gpt" ? "GPT" : Capitalised(part)));
        return provider is "openai" or "xai" ? name.Replace("GPT ", "GPT-", StringComparison.Ordinal) : Capitalised(provider) + " " + name;
    }

    private static string Bare(string model)
    {
        var name = BedrockModel.WithoutVersion(model[(model.IndexOf('.') + 1)..]);
        return name.EndsWith("-1:0", StringComparison.Ordinal) ? name[..^4] : name;
    }

    private static string Capitalised(string part) => part switch
    {
        "" => part,
        "vl" => "VL",
        _ when char.IsAsciiDigit(part[0]) || (part[0] == 'a' && part.Length > 1 && char.IsAsciiDigit(part[1])) => part.ToUpperInvariant(),
        _ => char.ToUpperInvariant(part[0]) + part[1..],
    };
}
