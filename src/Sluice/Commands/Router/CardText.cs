using System.Globalization;
using System.Text;
using Sluice.Lab.Routers.Metrics;

namespace Sluice.Commands.Router;

/// <summary>What the cards of routers and of answer scorers say alike.</summary>
internal static class CardText
{
    /// <summary>A table of what each policy is worth.</summary>
    public static void Policies(StringBuilder text, IEnumerable<RankedPolicy> policies)
    {
        text.Append("| Policy | APGR | CPT50 | CPT80 |\n|---|---|---|---|\n");
        foreach (var policy in policies)
            text.Append(CultureInfo.InvariantCulture, $"| {policy.Name} | {Words(policy.Apgr, 1, "0.000")} | {Words(policy.Cpt50, 100, "0.0")} % | {Words(policy.Cpt80, 100, "0.0")} % |\n");
    }

    public static string Words(Interval interval, double factor, string form) =>
        $"{(interval.Value * factor).ToString(form, CultureInfo.InvariantCulture)} [{(interval.Low * factor).ToString(form, CultureInfo.InvariantCulture)}, {(interval.High * factor).ToString(form, CultureInfo.InvariantCulture)}]";
}
