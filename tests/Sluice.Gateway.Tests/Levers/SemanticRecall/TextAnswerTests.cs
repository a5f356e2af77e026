using Sluice.Gateway.Levers.SemanticRecall;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall;

public sealed class TextAnswerTests
{
    [Theory]
    [InlineData("Paris.", " Paris\n")]
    [InlineData("a  b\tc", "a b c")]
    [InlineData("""{"a": 1, "b": [true, null]}""", """{"b":[true,null],"a":1.0}""")]
    [InlineData("""{"a":"\u0041\/b"}""", """{ "a" : "A/b" }""")]
    [InlineData("1", "1.0")]
    [InlineData("1200", "1.2e3")]
    [InlineData("-0.50", "-5E-1")]
    [InlineData("-0", "0.000")]
    [InlineData("[0.1, 100]", "[1e-1,1E+2]")]
    [InlineData("12345678901234567890123456789012345678901", "1.2345678901234567890123456789012345678901e40")]
    public void WhatIsEqualIsTheSameAnswer(string a, string b) => Assert.True(TextAnswer.AreSame(a, b));

    [Theory]
    [InlineData("Paris", "paris")]
    [InlineData("x\u00b2", "x2")]
    [InlineData("1", "10")]
    [InlineData("1", "-1")]
    [InlineData("0.1", "0.01")]
    [InlineData("007", "7")]
    [InlineData("1,000", "1000")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":1}""")]
    [InlineData("""{"a":1}""", """{"a":1} or so""")]
    [InlineData("12345678901234567890123456789012345678901", "12345678901234567890123456789012345678902")]
    [InlineData("1e99999999999", "1e99999999998")]
    public void WhatMayMeanAnotherThingIsAnotherAnswer(string a, string b) => Assert.False(TextAnswer.AreSame(a, b));

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("-")]
    [InlineData("")]
    public void WhatIsNoJsonIsComparedAsText(string text) => Assert.True(TextAnswer.AreSame(text, $" {text} "));
}
