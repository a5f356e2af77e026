using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>All guards; the first that objects vetoes.</summary>
public static class GuardChain
{
    public static IReadOnlyList<IGuard> All { get; } =
    [
        new LiteralGuard(), new NumberGuard(), new UnitGuard(), new DateGuard(), new EntityGuard(), new LanguageGuard(), new FormatGuard(), new NegationGuard(),
        new OppositeGuard(), new QuantityGuard(), new ComparisonGuard(), new QuestionGuard(), new OrderGuard(), new SwapGuard(),
    ];

    /// <summary>Null where none objects.</summary>
    public static Veto? Check(Wording a, Wording b)
    {
        foreach (var guard in All)
        {
            if (guard.Objection(a, b) is { } why)
                return new(guard.Name, why);
        }
        return null;
    }
}

/// <param name="Guard">The name of the guard that objects.</param>
public sealed record Veto(string Guard, string Why);
