using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Tests.Replies;

public sealed class SchemaSampleTests
{
    private static JsonNode Sample(string schema, ulong seed = 1)
    {
        using var parsed = JsonDocument.Parse(schema);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            SchemaSample.Write(json, parsed.RootElement, new Dice(seed));
        return JsonNode.Parse(buffer.ToArray())!;
    }

    [Fact]
    public void WritesWhatIsRequiredInItsTypeAndWithinItsBounds()
    {
        const string Schema = """
            {"type":"object","required":["name","age","score","tags","kind","when","address"],"properties":{
              "name":{"type":"string","minLength":40},"age":{"type":"integer","minimum":18,"maximum":20},"score":{"type":"number","maximum":5},
              "tags":{"type":"array","minItems":2,"items":{"type":"string"}},"kind":{"enum":["a","b"]},"when":{"type":"string","format":"date"},
              "address":{"$ref":"#/$defs/address"},"extra":{"type":"string"}},
             "$defs":{"address":{"type":"object","required":["city"],"properties":{"city":{"type":["string","null"]}}}}}
            """;
        for (var seed = 0UL; seed < 50; seed++)
        {
            var sample = Sample(Schema, seed);
            Assert.True(sample["name"]!.GetValue<string>().Length >= 40);
            Assert.InRange(sample["age"]!.GetValue<int>(), 18, 20);
            Assert.True(sample["score"]!.GetValue<decimal>() <= 5.25m);
            Assert.Equal(2, sample["tags"]!.AsArray().Count);
            Assert.Contains(sample["kind"]!.GetValue<string>(), (string[])["a", "b"]);
            Assert.True(DateOnly.TryParse(sample["when"]!.GetValue<string>(), out _));
            Assert.IsType<string>(sample["address"]!["city"]!.GetValue<string>());
            Assert.Null(sample["extra"]);
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"self":{"$ref":"#"}}}""")]
    [InlineData("""{"$ref":"#/$defs/none"}""")]
    [InlineData("""{"anyOf":[{"type":"null"}]}""")]
    [InlineData("{}")]
    public void EndsWithValidJsonForAnySchema(string schema) => Assert.Null(Record.Exception(() => Sample("""{"type":"array","items":""" + schema + "}")));
}
