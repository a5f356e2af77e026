using System.Text.Json;
using Sluice.Core;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Cascading.Checks;

namespace Sluice.Gateway.Tests.Levers.Cascading.Checks;

public sealed class AnswerCheckTests
{
    [Theory]
    [InlineData("max_tokens", false)]
    [InlineData("length", false)]
    [InlineData("end_turn", true)]
    [InlineData(null, true)]
    public void ATruncatedAnswerIsRejected(string? stopReason, bool passes) => Assert.Equal(passes, new TruncatedCheck().Objection(Answer("text") with { StopReason = stopReason }) is null);

    [Theory]
    [InlineData("I'm sorry, but I can't help with that.", false)]
    [InlineData("As an AI, I have no opinion.", false)]
    [InlineData("Unfortunately, I am unable to open links.", false)]
    [InlineData("", false)]
    [InlineData("The customer wrote: 'sorry, the card was stolen'.", true)]
    [InlineData("The key can't be copied, but a locksmith can cut another.", true)]
    public void ARefusalIsRejected(string text, bool passes) => Assert.Equal(passes, new RefusalCheck().Objection(Answer(text)) is null);

    [Fact]
    public void WhatAGuardrailHeldBackIsRejectedAndACallOfAToolIsNoEmptyAnswer()
    {
        Assert.NotNull(new RefusalCheck().Objection(Answer("Fine.") with { StopReason = "guardrail_intervened" }));
        Assert.Null(new RefusalCheck().Objection(Answer("") with { Calls = [new CalledTool("a", default)] }));
    }

    [Theory]
    [InlineData("I'm not entirely sure, but it may be Bern.", false)]
    [InlineData("It is unclear which account is meant.", false)]
    [InlineData("There is not enough information in the document.", false)]
    [InlineData("It is Bern.", true)]
    public void AHedgeIsRejected(string text, bool passes) => Assert.Equal(passes, new HedgingCheck().Objection(Answer(text)) is null);

    [Theory]
    [InlineData("""{"a":1}""", null)]
    [InlineData(" [1, 2] ", null)]
    [InlineData("""Here it is: {"a":1}""", "it is no JSON, or not JSON alone")]
    [InlineData("""{"a":1} as asked""", "it is no JSON, or not JSON alone")]
    [InlineData("""{"a":1}{"a":2}""", "it is no JSON, or not JSON alone")]
    [InlineData("""{"a":""", "it is no JSON, or not JSON alone")]
    [InlineData("", "it is no JSON, or not JSON alone")]
    public void JsonIsAloneInItsAnswer(string text, string? objection) => Assert.Equal(objection, new JsonCheck().Objection(Answer(text)));

    [Theory]
    [InlineData("""{"name":"Ada","amount":3}""", null)]
    [InlineData("""{"name":"Ada"}""", "it has no 'amount'")]
    [InlineData("""{"name":" ","amount":3}""", "it has no 'name'")]
    [InlineData("""{"name":"Ada","amount":null}""", "it has no 'amount'")]
    [InlineData("[]", "it is no JSON object")]
    public void FieldsHaveToBeThereAndToSaySomething(string text, string? objection) => Assert.Equal(objection, new FieldsCheck(["name", "amount"]).Objection(Answer(text)));

    [Theory]
    [InlineData(" Card. ", true)]
    [InlineData("PAYMENT", true)]
    [InlineData("card or payment", false)]
    public void AnAnswerIsOneOfThoseThatAreAllowed(string text, bool passes) => Assert.Equal(passes, new ChoiceCheck(["card", "payment"]).Objection(Answer(text)) is null);

    [Fact]
    public void AnAnswerMatchesThePattern()
    {
        Assert.Null(new PatternCheck(LinearRegex.Of("^[A-Z]{3}$")).Objection(Answer("ABC")));
        Assert.Equal("it does not match the pattern", new PatternCheck(LinearRegex.Of("^[A-Z]{3}$")).Objection(Answer("ABCD")));
    }

    [Fact]
    public void LengthAndLanguageAreHeldAgainstTheirBounds()
    {
        Assert.Null(new LengthCheck(1, 5).Objection(Answer("12345")));
        Assert.Equal("it has 6 characters", new LengthCheck(1, 5).Objection(Answer("123456")));
        Assert.Equal("it is in 'en' and not in 'de'", new LanguageCheck(null).Objection(Answer("The address is on the back of the card.") with { Question = "Wie ist die Adresse und wo kann ich sie ändern?" }));
        Assert.Null(new LanguageCheck("de").Objection(Answer("Die Adresse steht auf der Karte, das ist nicht schwer.")));
        Assert.Null(new LanguageCheck("de").Objection(Answer("OK")));
    }

    [Theory]
    [InlineData("The fee is 12.50 for Anna Keller.", true)]
    [InlineData("The fee is 1,200 for Keller.", true)]
    [InlineData("The fee is 125 for Keller.", false)]
    [InlineData("The fee is 12.50 for Muster.", false)]
    public void NumbersAndNamesStandInTheSource(string text, bool passes) =>
        Assert.Equal(passes, new SourceCheck(1).Objection(Answer(text) with { Question = "Contract of Anna Keller: fee 12.50, deposit 1200." }) is null);

    [Theory]
    [InlineData("weather", """{"city":"Bern","days":3}""", null)]
    [InlineData("weather", """{"city":7}""", "the arguments of 'weather' don't keep to its schema: /city must be of type string")]
    [InlineData("weather", """{"days":3}""", "the arguments of 'weather' don't keep to its schema: it lacks 'city'")]
    [InlineData("weather", "[]", "the arguments of 'weather' are no JSON object")]
    [InlineData("traffic", "{}", "it calls a tool that was not offered")]
    public void CallsOfToolsKeepToWhatWasOffered(string tool, string input, string? objection)
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}""");
        using var arguments = JsonDocument.Parse(input);
        var answer = Answer("") with { Calls = [new CalledTool(tool, arguments.RootElement)], Tools = [new OfferedTool("weather", schema.RootElement)] };
        Assert.Equal(objection, new ToolsCheck().Objection(answer));
    }

    private static CheckedAnswer Answer(string text) => new() { Text = text, Question = "Which?" };
}
