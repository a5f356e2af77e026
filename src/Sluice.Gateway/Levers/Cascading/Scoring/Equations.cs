using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>Checks the sums that an answer writes out, such as <c>9 * $2 = $18</c>. A wrong one is a mistake that shows without knowing the question.</summary>
internal static class Equations
{
    /// <summary>A sum, what it is said to be, and the characters around both, which tell whether more belongs to it.</summary>
    private static readonly Regex Equation = LinearRegex.Of(
        @"(?:^|[^\w\s.)+*/×÷−-]|(?:^|[^+*/×÷−-])\s)"
        + @"(?<sum>\$?\d[\d,]*(?:\.\d+)?%?(?:\s*[-+*/x×÷−]\s*\$?\d[\d,]*(?:\.\d+)?%?)+)"
        + @"\s*=\s*\$?(?<result>-?\d[\d,]*(?:\.\d+)?)(?<after>[/:%]?)");

    private static readonly Regex Part = LinearRegex.Of(@"\$?(?<number>\d[\d,]*(?:\.\d+)?)(?<percent>%)?\s*(?<operation>[-+*/x×÷−])?");

    /// <summary>Answers round; what differs by less is not called wrong.</summary>
    private const double RelativeTolerance = 0.01;

    /// <returns>How many equations stand in the text, and how many of them are wrong.</returns>
    public static (int Count, int Wrong) Check(string text)
    {
        var (count, wrong) = (0, 0);
        foreach (var match in Equation.OverlappingMatches(text))
        {
            // "= 3/4", "= 3:4" and "= 75%" say something else than 3 or 75.
            if (match.Groups["after"].Length > 0 || !TryNumber(match.Groups["result"].Value, out var claimed) || Value(match.Groups["sum"].Value) is not { } value)
                continue;
            count++;
            if (!double.IsFinite(value) || Math.Abs(value - claimed) > Math.Max(0.011, RelativeTolerance * Math.Abs(value)))
                wrong++;
        }
        return (count, wrong);
    }

    /// <summary>Multiplication before addition, and otherwise from left to right.</summary>
    private static double? Value(string sum)
    {
        double total = 0, term = 0;
        var operation = '+';
        foreach (Match part in Part.Matches(sum))
        {
            if (!TryNumber(part.Groups["number"].Value, out var number))
                return null;
            if (part.Groups["percent"].Success)
                number /= 100;
            switch (operation)
            {
                case '+' or '-' or '−':
                    total += term;
                    term = operation == '+' ? number : -number;
                    break;
                case '/' or '÷':
                    term /= number;
                    break;
                default:
                    term *= number;
                    break;
            }
            if (part.Groups["operation"] is { Success: true, Value: [var next, ..] })
                operation = next;
        }
        return total + term;
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out number);
}
