using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Insights.Imports.Locales;

namespace Sluice.Insights.Tests.Imports.Locales;

public sealed class NumberFormTests
{
    [Theory]
    [InlineData("12", null, 12)]
    [InlineData("1,234", null, 1234)]
    [InlineData("0.06", DecimalMark.Point, 0.06)]
    [InlineData("1,234.5", DecimalMark.Point, 1234.5)]
    [InlineData("1,234,567", DecimalMark.Point, 1234567)]
    [InlineData("1'234.50", DecimalMark.Point, 1234.5)]
    [InlineData("1 234.567", DecimalMark.Point, 1234.567)]
    [InlineData("1.24E-3", DecimalMark.Point, 0.00124)]
    [InlineData("(5.00)", DecimalMark.Point, -5)]
    [InlineData("5.25-", DecimalMark.Point, -5.25)]
    [InlineData("-$1,000.5", DecimalMark.Point, -1000.5)]
    [InlineData("$-3", null, -3)]
    [InlineData("\u22123", null, -3)]
    [InlineData("+333", null, 333)]
    [InlineData(".5", DecimalMark.Point, 0.5)]
    public void IsReadWithADecimalPoint(string text, DecimalMark? proves, double value)
    {
        Assert.True(NumberForm.TryParse(Encoding.UTF8.GetBytes(text), out var form));
        Assert.Equal(proves, form.Proves);
        Assert.True(form.TryValue(DecimalMark.Point, out var read));
        Assert.Equal((decimal)value, read);
        Assert.Equal(proves is null, form.TryValue(DecimalMark.Comma, out _));
    }

    [Theory]
    [InlineData("11,25", 11.25)]
    [InlineData("0,00001", 0.00001)]
    [InlineData("0,125", 0.125)]
    [InlineData("-3,5", -3.5)]
    [InlineData("1.234,56", 1234.56)]
    [InlineData("1 234,56", 1234.56)]
    [InlineData("1\u00A0234\u00A0567,5", 1234567.5)]
    [InlineData("1\u202F234,567", 1234.567)]
    [InlineData("1\u2019234,5", 1234.5)]
    [InlineData("1.234.567", 1234567)]
    [InlineData("1234,567", 1234.567)]
    [InlineData("0,5E-3", 0.0005)]
    [InlineData("1,234E+05", 123400)]
    public void ProvesADecimalComma(string text, double value)
    {
        Assert.True(NumberForm.TryParse(Encoding.UTF8.GetBytes(text), out var form));
        Assert.Equal(DecimalMark.Comma, form.Proves);
        Assert.True(form.TryValue(DecimalMark.Comma, out var read));
        Assert.Equal((decimal)value, read);
    }

    [Theory]
    [InlineData("1,23,45")]
    [InlineData("1,2345,678")]
    [InlineData("12,34,567.0")]
    [InlineData("1.234,56.7")]
    [InlineData("1 23,4")]
    [InlineData("1 234'567")]
    [InlineData("--5")]
    [InlineData("(-5)")]
    [InlineData("-5-")]
    [InlineData("()")]
    [InlineData("$")]
    [InlineData("$$5")]
    [InlineData("\u20AC5")]
    [InlineData("5 EUR")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData("\uFF11\uFF12")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1E")]
    [InlineData("E5")]
    [InlineData("1E5,5")]
    [InlineData("5%")]
    [InlineData("ten")]
    public void IsNoNumber(string text) => Assert.False(NumberForm.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("1e308")]
    [InlineData("123456789012345678901234567890.12")]
    public void IsNoAmountWhenItIsAbsurd(string text) =>
        Assert.False(NumberForm.TryParse(Encoding.UTF8.GetBytes(text), out var form) && form.TryValue(DecimalMark.Point, out _));

    /// <summary>What is written with groups and decimals comes back in its own convention, and in the other never as another number.</summary>
    [Fact]
    public void NumbersComeBackInTheirOwnConventionAlone()
    {
        var numbers =
            from hundredths in Gen.Choose(-2_000_000_000, 2_000_000_000)
            from isComma in Gen.Elements(true, false)
            from spaced in Gen.Elements(true, false)
            select (hundredths / 100m, isComma, spaced);
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithReplay(20261130, 1), Prop.ForAll(numbers.ToArbitrary(), number =>
        {
            var (value, isComma, spaced) = number;
            var format = new NumberFormatInfo { NumberDecimalSeparator = isComma ? "," : ".", NumberGroupSeparator = spaced ? "\u00A0" : isComma ? "." : "," };
            var (own, other) = isComma ? (DecimalMark.Comma, DecimalMark.Point) : (DecimalMark.Point, DecimalMark.Comma);
            return NumberForm.TryParse(Encoding.UTF8.GetBytes(value.ToString("N2", format)), out var form) && form.TryValue(own, out var read) && read == value && !form.TryValue(other, out _);
        }));
    }
}
