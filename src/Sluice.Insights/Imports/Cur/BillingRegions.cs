using System.Collections.Frozen;
using Sluice.Core.Pricing;

namespace Sluice.Insights.Imports.Cur;

/// <summary>
/// The codes that stand for regions at the start of usage types. They aren't the regions' names shortened: <c>APS3</c> is Mumbai, and
/// Ireland is <c>EU</c> on AWS's own items, <c>EUW1</c> on the Marketplace's.
/// </summary>
internal static class BillingRegions
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["USE1"] = "us-east-1",
        ["USE2"] = "us-east-2",
        ["USW1"] = "us-west-1",
        ["USW2"] = "us-west-2",
        ["CAN1"] = "ca-central-1",
        ["CAN2"] = "ca-west-1",
        ["MXC1"] = "mx-central-1",
        ["SAE1"] = "sa-east-1",
        ["EU"] = "eu-west-1",
        ["EUW1"] = "eu-west-1",
        ["EUW2"] = "eu-west-2",
        ["EUW3"] = "eu-west-3",
        ["EUC1"] = "eu-central-1",
        ["EUC2"] = "eu-central-2",
        ["EUN1"] = "eu-north-1",
        ["EUS1"] = "eu-south-1",
        ["EUS2"] = "eu-south-2",
        ["APN1"] = "ap-northeast-1",
        ["APN2"] = "ap-northeast-2",
        ["APN3"] = "ap-northeast-3",
        ["APS1"] = "ap-southeast-1",
        ["APS2"] = "ap-southeast-2",
        ["APS3"] = "ap-south-1",
        ["APS4"] = "ap-southeast-3",
        ["APS5"] = "ap-south-2",
        ["APS6"] = "ap-southeast-4",
        ["APS7"] = "ap-southeast-5",
        ["APS8"] = "ap-southeast-6",
        ["APS9"] = "ap-southeast-7",
        ["APE1"] = "ap-east-1",
        ["APE2"] = "ap-east-2",
        ["MES1"] = "me-south-1",
        ["MEC1"] = "me-central-1",
        ["ILC1"] = "il-central-1",
        ["AFS1"] = "af-south-1",
        ["UGW1"] = "us-gov-west-1",
        ["UGE1"] = "us-gov-east-1",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Takes the region off the front of a usage type.</summary>
    /// <returns>The region's name, or an empty one where the usage type names none, and what is left.</returns>
    public static (string Region, string Remainder) Split(string usageType)
    {
        var dash = usageType.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && Names.TryGetValue(usageType[..dash], out var region))
            return (region, usageType[(dash + 1)..]);
        // A region without a code of its own may stand there by its name, which has three or four parts.
        var parts = usageType.Split('-');
        foreach (var count in (int[])[4, 3])
        {
            if (parts.Length > count && string.Join('-', parts[..count]) is var name && AwsRegions.IsName(name))
                return (name, usageType[(name.Length + 1)..]);
        }
        return ("", usageType);
    }
}
