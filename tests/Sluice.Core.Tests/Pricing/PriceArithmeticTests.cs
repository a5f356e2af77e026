using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using static Sluice.Core.Tests.Pricing.Asked;

namespace Sluice.Core.Tests.Pricing;

/// <summary>What must hold of a price whatever the model and the counts.</summary>
public sealed class PriceArithmeticTests
{
    private static readonly string[] Models = [.. PriceBook.Default.Rows.Where(r => r.Kind == UsageKind.Output && r.Profile is null && r.Region == "*").Select(r => r.Model).Distinct(StringComparer.Ordinal)];

    private static readonly Gen<long> Count = Gen.Choose(0, 5_000_000).Select(n => (long)n);

    private static readonly Gen<Usage> Tokens =
        from input in Count
        from read in Count
        from write in Count
        from output in Count
        select new Usage { Input = input, CacheRead = read, CacheWrite5m = write, Output = output };

    private static readonly Gen<PriceIdentity> Identity =
        from model in Gen.Elements(Models)
        from profile in Gen.Elements<string?>(null, "us")
        select On(model, profile: profile);

    [Fact]
    public void IsLinearInTheCounts() => Check(from identity in Identity from usage in Tokens from factor in Gen.Choose(2, 9) select (identity, usage, factor), t =>
        Priced(t.identity, Times(t.usage, t.factor)) is { } many && Priced(t.identity, t.usage) is { } one
            ? many.Usd == one.Usd * t.factor
            : Priced(t.identity, Times(t.usage, t.factor)) == Priced(t.identity, t.usage));

    [Fact]
    public void IsAdditiveOverUsagesOfTheSameBand() => Check(from identity in Identity from a in Tokens from b in Tokens select (identity, a, b), t =>
        Priced(t.identity, t.a) is not { } a || Priced(t.identity, t.b) is not { } b || Priced(t.identity, t.a + t.b) == a + b);

    [Fact]
    public void NeverFallsWhenACountRises() => Check(from identity in Identity from usage in Tokens from more in Count select (identity, usage, more), t =>
        Priced(t.identity, t.usage) is not { } less || Priced(t.identity, t.usage with { Output = t.usage.Output + t.more }) is not { } total || total >= less);

    [Fact]
    public void NeverFallsWhenTheContextGrowsIntoABand() => Check(from identity in Identity from usage in Tokens from context in Count select (identity, usage, context), t =>
    {
        var sheet = PriceBook.Default.Sheet(t.identity, Now);
        return sheet.Price(t.usage, 0).Total is not { } lowest || sheet.Price(t.usage, t.context).Total >= lowest;
    });

    [Fact]
    public void TheTotalIsExactlyTheSumOfTheLines() => Check(from identity in Identity from usage in Tokens select (identity, usage), t =>
    {
        var cost = PriceBook.Default.Price(t.identity, t.usage, Now);
        var sum = cost.Lines.Aggregate(Money.Zero, (s, l) => s + l.Amount);
        return cost.Unpriced.IsEmpty ? cost.Total == sum : cost.Total is null;
    });

    [Fact]
    public void EveryCountIsEitherALineOrUnpriced() => Check(from identity in Identity from usage in Tokens select (identity, usage), t =>
    {
        var cost = PriceBook.Default.Price(t.identity, t.usage, Now);
        var counted = UsageKinds.All.Where(k => t.usage.Count(k) > 0);
        return cost.Lines.Select(l => l.Kind).Concat(cost.Unpriced).Order().SequenceEqual(counted.Order());
    });

    [Fact]
    public void ListPricesAreExactWithoutRounding() => Check(from identity in Identity from usage in Tokens select (identity, usage), t =>
        PriceBook.Default.Price(t.identity, t.usage, Now).Lines.All(l => l.Amount.Usd * l.Row.Per == l.Quantity * l.Row.Usd));

    /// <summary>What estimates and compares: statistics of money and of answers, from which nothing leads back to money.</summary>
    private static readonly Type[] Statistics = [typeof(UsdEstimate), typeof(ControlComparison), typeof(ControlReport), typeof(LeverComparison), typeof(RatioEstimator), typeof(StudentT), typeof(NonInferiority), typeof(PairedAnswers)];

    [Fact]
    public void NoBinaryFractionTouchesMoney()
    {
        var types = typeof(PriceBook).Assembly.GetTypes()
            .Where(t => t.Namespace is "Sluice.Core.Pricing" or "Sluice.Core.Savings" || t == typeof(Money))
            .Where(t => !Statistics.Contains(t) && !Statistics.Contains(t.DeclaringType));
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var binary = types.SelectMany(t => t.GetFields(All).Select(f => (t, f.FieldType)).Concat(t.GetMethods(All).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)).Select(p => (t, p))))
            .Where(p => (Nullable.GetUnderlyingType(p.Item2) ?? p.Item2) is { } type && (type == typeof(double) || type == typeof(float)));
        Assert.Empty(binary);
    }

    private static Money? Priced(in PriceIdentity identity, Usage usage) => PriceBook.Default.Sheet(identity, Now).Price(usage, contextTokens: 0).Total;

    private static Usage Times(Usage usage, int factor) => new()
    {
        Input = usage.Input * factor,
        CacheRead = usage.CacheRead * factor,
        CacheWrite5m = usage.CacheWrite5m * factor,
        Output = usage.Output * factor,
    };

    private static void Check<T>(Gen<T> cases, Func<T, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithReplay(20261121, 1), Prop.ForAll(cases.ToArbitrary(), holds));
}
