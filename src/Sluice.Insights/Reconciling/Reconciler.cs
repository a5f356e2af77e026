using System.Globalization;
using Sluice.Core.Metering;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Reconciling;

/// <summary>
/// Holds the ledger against the bill: tokens first, then money. Each difference is put down to the first cause of the list that
/// fits: what only changed its place (lifetime, tier, scope, kind), then what one side alone has, then prices.
/// </summary>
public sealed class Reconciler
{
    /// <summary>Below this a difference of one line is rounding: a bill rounds each line to ten decimals or so.</summary>
    private const decimal RoundingUsd = 0.000001m;

    /// <summary>Prices and quantities that agree to this part are the same; a bill's quantities and costs are rounded.</summary>
    private const decimal SamePrice = 0.0005m;

    private readonly LedgerBook _ledger;
    private readonly BillBook _bill;
    private readonly List<OpenLine> _lines;
    private readonly CauseLedger _causes = new();

    /// <summary>What is doubtful in the ledger of all kinds of input together and no cause has taken yet, by the line of plain input.</summary>
    private readonly Dictionary<LineKey, decimal> _doubtfulInput;

    private Reconciler(LedgerBook ledger, BillBook bill)
    {
        (_ledger, _bill) = (ledger, bill);
        _doubtfulInput = ledger.Lines.Where(l => IsInput(l.Key.Kind)).GroupBy(l => l.Key with { Kind = UsageKind.Input }).ToDictionary(g => g.Key, g => g.Sum(l => l.Value.Doubtful));
        _lines = [.. ledger.Lines.Keys.Union(bill.Lines.Keys)
            .OrderBy(k => k.Day).ThenBy(k => k.Model, StringComparer.Ordinal).ThenBy(k => k.Scope, StringComparer.Ordinal).ThenBy(k => k.Tier, StringComparer.Ordinal).ThenBy(k => k.Kind)
            .Select(k => new OpenLine(new ReconciledLine(k, ledger.Lines.GetValueOrDefault(k), bill.Lines.GetValueOrDefault(k))))];
    }

    public static Reconciliation Compare(LedgerBook ledger, BillBook bill)
    {
        var reconciler = new Reconciler(ledger, bill);
        reconciler.ExplainSuspects();
        reconciler.ExplainMoves();
        reconciler.ExplainLooseCharges();
        reconciler.ExplainOutsiders();
        reconciler.ExplainSharesAlike();
        reconciler.ExplainOneSided();
        reconciler.ExplainPrices();
        return reconciler.Conclude();
    }

    /// <summary>
    /// Replies whose input may have their cached tokens inside. Where the bill has as many tokens less, it has; where the bill has the same input, it
    /// hasn't. Anything else tells nothing of them.
    /// </summary>
    private void ExplainSuspects()
    {
        foreach (var line in _lines.Where(l => l.Line.Ledger.TwiceCounted > 0 && l.Line.Bill.Quantity > 0))
        {
            var twice = line.Line.Ledger.TwiceCounted;
            var margin = (SamePrice * line.Line.Ledger.Quantity) + line.Line.Ledger.Doubtful;
            if (Math.Abs(line.Quantity + twice) <= margin && twice > margin)
            {
                var quantity = line.Quantity;
                var usd = line.Take(quantity);
                _causes.Add(CauseKind.SuspectUsage, usd, Math.Abs(usd), -quantity, string.Create(CultureInfo.InvariantCulture,
                    $"{line.Name}: the bill has {-quantity:0} tokens less, as many as suspect replies count as cached: their input has the cached tokens inside, and the ledger counted those twice"));
            }
            else if (Math.Abs(line.Quantity) <= margin && twice > margin)
                _causes.Add(CauseKind.SuspectUsage, 0, 0, 0, $"{line.Name}: the bill has the ledger's tokens, so that the input of suspect replies leaves the cached tokens out, as it should");
        }
    }

    /// <summary>Tokens that both sides have under different names, from the closest names to the farthest.</summary>
    private void ExplainMoves()
    {
        Move(CauseKind.CacheWriteSplit, k => (k.Day, k.Model, k.Scope, k.Tier), k => k.Kind is UsageKind.CacheWrite5m or UsageKind.CacheWrite1h,
            (more, less) => $"{more.Key.Model}: the bill has {more.Key.Kind.Name()} where the ledger has {less.Key.Kind.Name()}");
        Move(CauseKind.UnknownTier, k => (k.Day, k.Model, k.Kind), _ => true,
            (more, less) => $"usage type {_bill.UsageTypes.GetValueOrDefault(more.Key, more.Key.Tier)}: the ledger has its tokens under tier {less.Key.Tier}",
            more => more.Tier.StartsWith("unknown:", StringComparison.Ordinal));
        Move(CauseKind.WrongTier, k => (k.Day, k.Model, k.Scope, k.Kind), _ => true, (more, less) => $"{more.Name}: tier {more.Key.Tier} on the bill, {less.Key.Tier} in the ledger");
        Move(CauseKind.WrongScope, k => (k.Day, k.Model, k.Tier, k.Kind), _ => true, (more, less) => $"{more.Name}: {more.Key.Scope} on the bill, {less.Key.Scope} in the ledger");
        Move(CauseKind.WrongKind, k => (k.Day, k.Model, k.Scope, k.Tier), k => IsInput(k.Kind),
            (more, less) => $"{more.Key.Model}: the bill has {more.Key.Kind.Name()} where the ledger has {less.Key.Kind.Name()}");
    }

    private static bool IsInput(UsageKind kind) => kind is UsageKind.Input or UsageKind.CacheRead or UsageKind.CacheWrite5m or UsageKind.CacheWrite1h;

    /// <summary>Of a tier that calls through the gateway can have.</summary>
    private static bool IsOrdinary(OpenLine line) => line.Key.Tier != "batch" && !line.Key.Tier.StartsWith("unknown:", StringComparison.Ordinal);

    private void Move<TGroup>(
        CauseKind cause, Func<LineKey, TGroup> group, Func<LineKey, bool> fits, Func<OpenLine, OpenLine, string> evidence, Func<LineKey, bool>? fitsMore = null)
    {
        foreach (var lines in _lines.Where(l => l.Quantity != 0 && fits(l.Key)).GroupBy(l => group(l.Key)))
        {
            foreach (var more in lines.Where(l => l.Quantity > 0 && (fitsMore is null || fitsMore(l.Key))))
            {
                foreach (var less in lines.Where(l => l.Quantity < 0))
                {
                    var moved = Math.Min(more.Quantity, less.Lack);
                    if (moved <= 0)
                        continue;
                    var (added, removed) = (more.Take(moved), less.Take(-moved));
                    _causes.Add(cause, added + removed, Math.Abs(added) + Math.Abs(removed), moved, evidence(more, less));
                }
            }
        }
    }

    /// <summary>Whole accounts and principals that the ledger knows nothing of.</summary>
    private void ExplainOutsiders()
    {
        var open = _lines.FindAll(IsOrdinary);
        Explain(CauseKind.AnotherAccount, new Outsiders(open, _bill.Accounts), "account ");
        Explain(CauseKind.PastTheGateway, new Outsiders(open, _bill.Users), "");

        void Explain(CauseKind cause, Outsiders outsiders, string what)
        {
            while (outsiders.Next() is { } found)
            {
                foreach (var (line, used) in found.Lines)
                {
                    var isAll = Math.Abs(line.Quantity - used) <= SamePrice * used;
                    var quantity = isAll ? line.Quantity : used;
                    var usd = line.Take(quantity);
                    _causes.Add(cause, usd, Math.Abs(usd), quantity, string.Create(CultureInfo.InvariantCulture, $"{line.Name}: {quantity / line.Line.Bill.Quantity:0.#%} of what is billed is not in the ledger: what {what}{found.User} used"));
                }
            }
        }
    }

    /// <summary>Traffic past the gateway that no name on the bill gives away: the bill has the same share more in all kinds of a model's tokens.</summary>
    private void ExplainSharesAlike()
    {
        foreach (var lines in _lines.Where(l => l.Line.Bill.Quantity > 0 && l.Key.Kind.IsToken() && IsOrdinary(l)).GroupBy(l => (l.Key.Day, l.Key.Model, l.Key.Scope, l.Key.Tier)))
        {
            // Estimated calls widen what a share may be: they may not be billed at all, or for more than was seen of them.
            var least = lines.Max(l => (l.Quantity - MostBeyond(l)) / l.Line.Bill.Quantity);
            var most = lines.Min(l => (l.Quantity + l.Line.Ledger.Doubtful) / l.Line.Bill.Quantity);
            if (lines.Count() < 2 || least <= SamePrice || least > most)
                continue;
            var share = Math.Clamp(UsualShare([.. lines]), least, most);
            foreach (var line in lines)
            {
                // A quotient's last decimal may not take more than there is.
                var quantity = Math.Min(share * line.Line.Bill.Quantity, line.Quantity + line.Line.Ledger.Doubtful);
                var usd = line.Take(quantity);
                _causes.Add(CauseKind.PastTheGateway, usd, Math.Abs(usd), quantity, $"{PastTheGateway(line, quantity)}, in all kinds alike");
            }
        }
    }

    /// <summary>The share that half of the money lies below.</summary>
    private static decimal UsualShare(List<OpenLine> lines)
    {
        var rest = lines.Sum(l => Math.Abs(l.Line.Bill.Usd)) / 2;
        return lines.Select(l => (Share: l.Quantity / l.Line.Bill.Quantity, Usd: Math.Abs(l.Line.Bill.Usd))).OrderBy(l => l.Share).First(l => (rest -= l.Usd) <= 0).Share;
    }

    /// <summary>
    /// How much more than the ledger has of them its unsure calls may be billed for: twice what as many calls usually use, or twice what was
    /// estimated of them; and what was estimated as input of one kind may be billed as another.
    /// </summary>
    private decimal MostBeyond(OpenLine line)
    {
        var calls = CallsOf(line);
        var usual = calls.Uncertain == 0 ? 0 : line.Line.Bill.Quantity * calls.Uncertain * 2 / calls.Calls;
        return Math.Max(usual - line.Line.Ledger.Doubtful, IsInput(line.Key.Kind) ? _doubtfulInput.GetValueOrDefault(line.Key with { Kind = UsageKind.Input }) : line.Line.Ledger.Doubtful);
    }

    /// <summary>Tokens that one side alone has.</summary>
    private void ExplainOneSided()
    {
        var billedDays = _bill.Lines.Keys.Select(k => k.Day).ToHashSet();
        foreach (var line in _lines.Where(l => l.Quantity > 0))
            Put(line, line.Quantity, OnTheBillAlone(line, line.Quantity, CallsOf(line)));

        // Calls that the ledger is unsure of are likelier than rows to come, unless it has calls of a time that the bill has not reached.
        var unsure = _lines.FindAll(l => l.Quantity < 0 && billedDays.Contains(l.Key.Day) && !(CallsOf(l).Until > _bill.CoveredUntil));
        foreach (var line in unsure)
            PutDoubtful(line, line.Line.Ledger.Doubtful);
        // Where a kind's tokens were found under another, that one's estimates hide as many of them.
        foreach (var line in unsure.Where(l => IsInput(l.Key.Kind)))
            PutDoubtful(line, _doubtfulInput.GetValueOrDefault(line.Key with { Kind = UsageKind.Input }));

        foreach (var line in _lines.Where(l => l.Quantity < 0))
            Put(line, line.Quantity, InTheLedgerAlone(line, billedDays));

        void PutDoubtful(OpenLine line, decimal atMost)
        {
            var quantity = Math.Min(atMost, -line.Quantity);
            if (quantity <= 0)
                return;
            if (IsInput(line.Key.Kind))
                _doubtfulInput[line.Key with { Kind = UsageKind.Input }] -= quantity;
            Put(line, -quantity, (CauseKind.AbortedStreams, Uncertain(line, CallsOf(line))));
        }

        void Put(OpenLine line, decimal quantity, (CauseKind Kind, string Evidence) cause)
        {
            var usd = line.Take(quantity);
            _causes.Add(cause.Kind, usd, Math.Abs(usd), Math.Abs(quantity), cause.Evidence);
        }
    }

    private LedgerCalls CallsOf(OpenLine line) => _ledger.Calls.GetValueOrDefault((line.Key.Day, line.Key.Model));

    private (CauseKind Cause, string Evidence) OnTheBillAlone(OpenLine line, decimal quantity, LedgerCalls calls)
    {
        if (line.Key.Tier.StartsWith("unknown:", StringComparison.Ordinal))
            return (CauseKind.UnknownTier, $"usage type {_bill.UsageTypes.GetValueOrDefault(line.Key, line.Key.Tier)}: the ledger has no such tokens");
        if (line.Key.Tier == "batch")
            return (CauseKind.Batch, $"{line.Name}: batch on the bill");
        // As many lost tokens as there are uncertain calls are likelier than traffic that the gateway never saw.
        return quantity <= MostBeyond(line)
            ? (CauseKind.AbortedStreams, Uncertain(line, calls))
            : (CauseKind.PastTheGateway, PastTheGateway(line, quantity));
    }

    private string PastTheGateway(OpenLine line, decimal quantity)
    {
        var users = _bill.Users.GetValueOrDefault(line.Key)?.OrderByDescending(u => u.Value).Take(2).Select(u => u.Key) ?? [];
        var share = quantity / line.Line.Bill.Quantity;
        return string.Create(CultureInfo.InvariantCulture, $"{line.Name}: {share:0.#%} of what is billed on {line.Key.Day:yyyy-MM-dd} is not in the ledger; billed to {string.Join(", ", users)}");
    }

    private static string Uncertain(OpenLine line, LedgerCalls calls) => $"{line.Name}: of {calls.Calls} calls on {line.Key.Day:yyyy-MM-dd} the usage of {calls.Uncertain} is estimated or not known";

    private (CauseKind Cause, string Evidence) InTheLedgerAlone(OpenLine line, HashSet<DateOnly> billedDays)
    {
        if (!billedDays.Contains(line.Key.Day))
            return (CauseKind.LateRows, $"{line.Name}: the bill has nothing of {line.Key.Day:yyyy-MM-dd}");
        return SpendQuery.StartOf(line.Key.Day.AddDays(1)) > _bill.CoveredUntil
            ? (CauseKind.LateRows, $"{line.Name}: the bill ends at {_bill.CoveredUntil:yyyy-MM-dd HH:mm} UTC")
            : (CauseKind.NotOnTheBill, $"{line.Name}: is the bill of every account and region imported?");
    }

    /// <summary>What is left is money alone.</summary>
    private void ExplainPrices()
    {
        var open = _lines.Where(l => l.Usd != 0).ToList();
        foreach (var line in open.Where(l => Math.Abs(l.Usd) <= RoundingUsd))
        {
            var usd = line.TakeRest();
            _causes.Add(CauseKind.Rounding, usd, Math.Abs(usd), 0, line.Name);
        }
        open.RemoveAll(l => l.Usd == 0);
        if (DiscountOf(open) is { } discount)
        {
            foreach (var line in open)
            {
                var usd = line.TakeRest();
                _causes.Add(CauseKind.Discount, usd, Math.Abs(usd), 0, string.Create(CultureInfo.InvariantCulture, $"every price is {discount:0.###} of the ledger's"));
            }
            return;
        }
        foreach (var same in open.GroupBy(l => (l.Key.Model, l.Key.Scope, l.Key.Tier, l.Key.Kind)))
            ExplainPrice([.. same]);
    }

    private void ExplainPrice(List<OpenLine> lines)
    {
        var ratios = lines.Where(l => l.Line.Ledger.Usd != 0).Select(Ratio).ToList();
        var isConstant = ratios.Count > 0 && ratios.TrueForAll(r => Math.Abs(r - ratios[0]) <= SamePrice * ratios[0]);
        foreach (var line in lines)
        {
            var usd = line.TakeRest();
            var (ledger, bill) = (PerMillion(line.Line.Ledger), PerMillion(line.Line.Bill));
            var (cause, evidence) = line.Line.Ledger.Usd == 0 ? (CauseKind.PriceMissing, $"{line.Name}: the ledger has no price; the bill's is {bill} a million")
                : isConstant ? (CauseKind.PriceBookBehind, string.Create(CultureInfo.InvariantCulture, $"{line.Name} ({line.Key.Scope}, {line.Key.Tier}): tokens agree, the bill's price is {bill} a million, the ledger's {ledger}: {ratios[0]:0.####} times, on {lines.Count} {(lines.Count == 1 ? "day" : "days")}"))
                : (CauseKind.Unexplained, $"{line.Name}: tokens agree and the ratio of the prices changes by the day");
            _causes.Add(cause, usd, Math.Abs(usd), 0, evidence);
        }
    }

    /// <summary>The one ratio below 1 that all lines with money share, over two models or more; null where there is none.</summary>
    private decimal? DiscountOf(List<OpenLine> open)
    {
        var priced = _lines.Where(l => l.Line is { Ledger.Usd: not 0, Bill.Usd: not 0, Bill.Quantity: not 0 }).ToList();
        if (open.Count == 0 || open.Exists(l => l.Line.Ledger.Usd == 0) || priced.Select(l => l.Key.Model).Distinct(StringComparer.Ordinal).Count() < 2)
            return null;
        var ratio = Ratio(open[0]);
        return ratio < 1 && priced.TrueForAll(l => Math.Abs(Ratio(l) - ratio) <= SamePrice) ? ratio : null;
    }

    private void ExplainLooseCharges()
    {
        foreach (var charge in _bill.Loose)
        {
            var facet = charge.Facet;
            var (cause, evidence) = facet.Unknown.Length > 0 ? (CauseKind.UnknownUsage, $"{facet.UsageType} ({facet.Service}): unknown {facet.Unknown}")
                : facet.ChargeCategory.Contains("Discount", StringComparison.OrdinalIgnoreCase) ? (CauseKind.Discount, $"lines of {facet.ChargeCategory}")
                : (CauseKind.CreditsAndTaxes, $"lines of {facet.ChargeCategory}");
            var (usd, weight, tokens) = (charge.Usd, Math.Abs(charge.Usd), 0m);
            // A model that has no name here, but as many tokens as one that the bill otherwise lacks, is that one.
            if (cause == CauseKind.UnknownUsage && Lacking(charge) is { } same)
            {
                tokens = -same.Quantity;
                var removed = same.Take(same.Quantity);
                (usd, weight) = (usd + removed, weight + Math.Abs(removed));
                evidence += $"; the ledger has as many tokens of {same.Name}";
            }
            _causes.Add(cause, usd, weight, tokens, evidence);
        }
    }

    private OpenLine? Lacking(LooseCharge charge) => charge.Facet.Kind is { } kind && charge.Quantity > 0
        ? _lines.Find(l => l.Key.Day == charge.Day && l.Key.Kind == kind && l.Quantity == -charge.Quantity && l.Line.Bill.Quantity == 0)
        : null;

    private Reconciliation Conclude()
    {
        var lines = _lines.ConvertAll(l => l.Line);
        var loose = _bill.Loose.Sum(c => c.Usd);
        var (ledgerUsd, billUsd) = (lines.Sum(l => l.Ledger.Usd), lines.Sum(l => l.Bill.Usd) + loose);
        var tokens = lines.Where(l => l.Key.Kind.IsToken()).ToList();
        var (ledgerTokens, billTokens) = (tokens.Sum(l => l.Ledger.Quantity), tokens.Sum(l => l.Bill.Quantity));
        var causes = _causes.Ranked();
        return new Reconciliation
        {
            Lines = lines,
            Causes = causes,
            LedgerUsd = ledgerUsd,
            BillUsd = billUsd,
            LedgerTokens = ledgerTokens,
            BillTokens = billTokens,
            UsdDifferencePercent = Percent(lines.Sum(l => Math.Abs(l.UsdGap)) + _bill.Loose.Sum(c => Math.Abs(c.Usd)), Math.Max(ledgerUsd, billUsd)),
            TokenDifferencePercent = Percent(tokens.Sum(l => Math.Abs(l.QuantityGap)), Math.Max(ledgerTokens, billTokens)),
            ExplainedPercent = 100 - Math.Min(100, Percent(causes.Where(c => !c.Kind.IsExplanation()).Sum(c => c.WeightUsd), Math.Max(ledgerUsd, billUsd))),
        };
    }

    private static decimal Ratio(OpenLine line) => line.Line.Bill.UnitUsd is { } bill && line.Line.Ledger.UnitUsd is { } ledger && ledger != 0 ? bill / ledger : 0;

    private static string PerMillion(Side side) => ((side.UnitUsd ?? 0) * 1_000_000).ToString("0.######", CultureInfo.InvariantCulture);

    private static decimal Percent(decimal part, decimal whole) => part == 0 ? 0 : whole > 0 ? part / whole * 100 : 100;
}
