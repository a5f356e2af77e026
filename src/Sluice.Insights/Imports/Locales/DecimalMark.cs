namespace Sluice.Insights.Imports.Locales;

/// <summary>The character before the decimals of a number. The other of the two may group thousands.</summary>
public enum DecimalMark
{
    Point,
    Comma,
}
