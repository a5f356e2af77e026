using FsCheck;
using FsCheck.Fluent;
using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("+1-2", "'+1-2")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("\t=1", "' =1")]
    [InlineData("\rx", "' x")]
    [InlineData(" =1", "' =1")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    public void WhatASpreadsheetWouldRunIsText(string text, string cell) => Assert.Equal(cell, CsvCell.Of(text));

    [Theory]
    [InlineData("-0.0165795")]
    [InlineData("-12")]
    [InlineData("1e-7")]
    [InlineData("support")]
    [InlineData("us.amazon.nova-lite-v1:0")]
    [InlineData("2026-11-21T12:00:00Z")]
    [InlineData("")]
    public void NumbersAndOrdinaryTextStayAsTheyAre(string text) => Assert.Equal(text, CsvCell.Of(text));

    [Fact]
    public void ControlCharactersAreReplaced() => Assert.Equal("a\uFFFD[2Jb c", CsvCell.Of("a\u001b[2Jb\nc"));

    [Fact]
    public void NoTextBeginsAFormula() => Check.One(Config.QuickThrowOnFailure.WithReplay(20261130, 1), Prop.ForAll<string?>(Holds));

    private static bool Holds(string? text)
    {
        var cell = CsvCell.Of(text);
        return cell.Length == 0 || !"=+-@\t\r".Contains(cell[0]) || double.TryParse(cell, System.Globalization.CultureInfo.InvariantCulture, out _);
    }
}
