using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Lab.Tests.Semantics;

public sealed class GuardChainTests(ITestOutputHelper output)
{
    [Fact]
    public void NearlyEveryTrapIsVetoedAndThisWhicheverTextComesFirst()
    {
        var traps = JsonLines.Traps();
        var missed = traps.Where(t => Check(t.A, t.B) is null).Select(t => $"{t.Kind}: {t.A} | {t.B}").ToList();

        output.WriteLine(string.Join('\n', missed));
        Assert.Equal(200, traps.Count);
        Assert.InRange(missed.Count, 0, 5);
        Assert.All(traps, trap => Assert.Equal(Check(trap.A, trap.B) is null, Check(trap.B, trap.A) is null));
    }

    [Fact]
    public void NoRewordingIsVetoed() => Assert.Empty(
        JsonLines.Rewordings().Select(r => (r.A, r.B, Veto: Check(r.A, r.B))).Where(r => r.Veto is not null).Select(r => $"{r.Veto!.Guard}: {r.A} | {r.B}"));

    [Fact]
    public void ATextNeverVetoesItself() => Assert.All(JsonLines.Traps(), trap => Assert.Null(Check(trap.A, trap.A) ?? Check(trap.B, trap.B)));

    [Fact]
    public void AVetoRepeatsNothingOfTheTexts()
    {
        foreach (var (_, a, b) in JsonLines.Traps())
        {
            if (Check(a, b) is { } veto)
                Assert.DoesNotContain(Wording.Of(a).Content.Where(w => w.Lower.Length > 6), word => veto.Why.Contains(word.Written, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void EachKindOfTrapIsKnownToAGuardOfItsOwn()
    {
        var found = JsonLines.Traps().Select(t => Check(t.A, t.B)?.Guard).Where(g => g is not null).CountBy(g => g!).ToDictionary();
        foreach (var (guard, count) in found.OrderByDescending(f => f.Value))
            output.WriteLine($"{guard}: {count}");
        Assert.Empty(GuardChain.All.Select(g => g.Name).Except(found.Keys));
    }

    private static Veto? Check(string a, string b) => GuardChain.Check(Wording.Of(a), Wording.Of(b));
}
