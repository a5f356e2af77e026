using System.Globalization;
using Sluice.Lab.Routers.Metrics;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers;

/// <summary>What a router makes of any number of models: each call goes where expected score less its price is highest.</summary>
internal static class RoutedChoices
{
    /// <summary>What a dollar is worth in points, in steps of a third of a decade about the models' own exchange rate.</summary>
    private const int Steps = 13;

    public static IEnumerable<CostQuality> Of(OutcomeTable table, int[] models, int[] complete, HeldOut held, int[] lines)
    {
        var means = models.Select(m => table.MeanCostUsd(m, complete)).ToArray();
        var spread = means.Max() - means.Min();
        if (!(spread > 0))
            yield break;
        var place = lines.Index().ToDictionary(l => l.Item, l => l.Index);
        var routed = complete.Where(place.ContainsKey).ToArray();
        var seen = new HashSet<(double, double)>();
        for (var step = 0; step < Steps; step++)
        {
            var worth = Math.Pow(10, (step / 3.0) - 3) / spread;
            double cost = 0, score = 0;
            foreach (var line in routed)
            {
                var qualities = held.Qualities[place[line]];
                var best = 0;
                for (var m = 1; m < models.Length; m++)
                {
                    if (qualities[m] - (worth * means[m]) > qualities[best] - (worth * means[best]))
                        best = m;
                }
                cost += double.IsNaN(table.CostsUsd[models[best]][line]) ? means[best] : table.CostsUsd[models[best]][line];
                score += table.Scores[models[best]][line];
            }
            // A point is worth this many dollars; the same mix twice is one choice.
            if (seen.Add((cost, score)))
                yield return new(string.Create(CultureInfo.InvariantCulture, $"router, {0.01 / worth:0.##E+0} USD a point"), ChoiceKind.Router, cost / routed.Length, score / routed.Length);
        }
    }
}
