using System.Text.Json;
using Sluice.Gateway.Levers.Cascading.Checks;

namespace Sluice.Gateway.Tests.Levers.Cascading.Checks;

/// <summary>Cases after the meaning of the words in JSON Schema 2020-12.</summary>
public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"integer"}""", "3", "1.5")]
    [InlineData("""{"type":"integer"}""", "3.0", "\"3\"")]
    [InlineData("""{"type":["string","null"]}""", "null", "true")]
    [InlineData("""{"enum":["a",1,{"b":[2]}]}""", """{"b":[2]}""", """{"b":[3]}""")]
    [InlineData("""{"const":{"a":1}}""", """{"a":1.0}""", """{"a":2}""")]
    [InlineData("""{"minimum":2,"exclusiveMaximum":5}""", "2", "5")]
    [InlineData("""{"exclusiveMinimum":2,"maximum":5}""", "5", "2")]
    [InlineData("""{"multipleOf":0.01}""", "12.34", "12.345")]
    [InlineData("""{"minLength":2,"maxLength":3}""", "\"ab\"", "\"a\"")]
    [InlineData("""{"maxLength":2}""", "\"😀😀\"", "\"abc\"")]
    [InlineData("""{"pattern":"^[a-z]+$"}""", "\"abc\"", "\"aB\"")]
    [InlineData("""{"pattern":"^a"}""", "7", "\"b\"")]
    [InlineData("""{"required":["a"]}""", """{"a":null}""", "{}")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":1}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""", """{"a":1,"b":2}""")]
    [InlineData("""{"patternProperties":{"^x":{"type":"number"}},"additionalProperties":{"type":"string"}}""", """{"x1":1,"y":"s"}""", """{"x1":"1"}""")]
    [InlineData("""{"propertyNames":{"maxLength":2}}""", """{"ab":1}""", """{"abc":1}""")]
    [InlineData("""{"dependentRequired":{"card":["name"]}}""", """{"card":1,"name":2}""", """{"card":1}""")]
    [InlineData("""{"minProperties":1,"maxProperties":2}""", """{"a":1}""", "{}")]
    [InlineData("""{"items":{"type":"number"}}""", "[1,2]", "[1,\"2\"]")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}""", "[\"a\",1]", "[\"a\",\"b\"]")]
    [InlineData("""{"contains":{"const":3}}""", "[1,3]", "[1,2]")]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[1]", "[1,2,3]")]
    [InlineData("""{"uniqueItems":true}""", "[1,2]", "[1,1.0]")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":5}]}""", "7", "3")]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":5}]}""", "3", "7")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":5}]}""", "3", "7")]
    [InlineData("""{"not":{"type":"string"}}""", "3", "\"a\"")]
    [InlineData("""{"if":{"properties":{"kind":{"const":"card"}}},"then":{"required":["number"]},"else":{"required":["iban"]}}""", """{"kind":"card","number":1}""", """{"kind":"account","number":1}""")]
    [InlineData("""{"$defs":{"money":{"type":"number","minimum":0}},"properties":{"fee":{"$ref":"#/$defs/money"}}}""", """{"fee":1}""", """{"fee":-1}""")]
    [InlineData("""{"properties":{"next":{"$ref":"#"},"value":{"type":"number"}}}""", """{"value":1,"next":{"value":2}}""", """{"value":1,"next":{"value":"x"}}""")]
    [InlineData("true", "1", null)]
    public void KeepsToTheMeaningOfEachWord(string schema, string fits, string? violates)
    {
        using var json = JsonDocument.Parse(schema);
        Assert.True(JsonSchema.TryRead(json.RootElement, out var read, out var whyNot), whyNot);
        Assert.Null(Violation(read, fits));
        if (violates is not null)
            Assert.NotNull(Violation(read, violates));
    }

    [Theory]
    [InlineData("""{"unevaluatedProperties":false}""", "the word 'unevaluatedProperties' is not supported")]
    [InlineData("""{"properties":{"a":{"contentEncoding":"base64"}}}""", "the word 'contentEncoding' is not supported")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "a reference must be within the schema, such as #/$defs/name")]
    [InlineData("""{"pattern":"("}""", "the pattern '(' isn't a regular expression")]
    [InlineData("7", "a schema must be an object, or true or false, and not nested too deeply")]
    public void ASchemaThatIsNotUnderstoodIsNotRead(string schema, string whyNot)
    {
        using var json = JsonDocument.Parse(schema);
        Assert.False(JsonSchema.TryRead(json.RootElement, out _, out var told));
        Assert.StartsWith(whyNot, told);
    }

    [Fact]
    public void AnEndlessReferenceEnds()
    {
        using var json = JsonDocument.Parse("""{"$ref":"#"}""");
        Assert.True(JsonSchema.TryRead(json.RootElement, out var schema, out _));
        Assert.Equal("it is nested too deeply to be checked", Violation(schema, "1"));
    }

    private static string? Violation(JsonSchema schema, string value)
    {
        using var json = JsonDocument.Parse(value);
        return schema.Violation(json.RootElement);
    }
}
