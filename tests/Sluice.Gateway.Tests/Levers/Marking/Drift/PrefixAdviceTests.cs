using System.Globalization;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Marking.Drift;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;

namespace Sluice.Gateway.Tests.Levers.Marking.Drift;

/// <summary>What is said of traffic whose prompts look alike. A call comes each ten seconds, so what stays would be warm.</summary>
public sealed class PrefixAdviceTests : IDisposable
{
    private const string Sonnet = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";

    /// <summary>About 1,500 tokens that never change.</summary>
    private static readonly string Rules = string.Concat(Enumerable.Range(0, 100).Select(i => $"Rule {i}: answers about orders name the order and its state. "));

    private static readonly string[] Words = ["lamp", "river", "glass", "north", "copper", "meadow", "signal", "harbour", "velvet", "engine", "cloud", "paper"];

    private readonly LeverHarness _gateway = new(new LeverOptions().With(Lever.Mark, LeverMode.Shadow));

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData("Today is {0:yyyy-MM-dd}T{0:HH:mm:ss}Z. ", DriftKinds.Time)]
    [InlineData("It is {0:dddd, MMMM d, yyyy} at {0:h:mm:ss} {0:tt}. ", DriftKinds.Time)]
    [InlineData("Stamp: {1}. ", DriftKinds.Time)]
    [InlineData("Session 3f2504e0-4f89-41d3-9a0c-{2:x12}. ", DriftKinds.Uuid)]
    [InlineData("[request req_7Kq{2:00000}Zw] ", DriftKinds.Id)]
    [InlineData("This is call number {3} of this session. ", DriftKinds.Number)]
    public async Task WhatFloatsInFrontOfTheRulesIsNamedWithItsPlace(string floating, DriftKinds kind)
    {
        for (var i = 0; i < 60; i++)
        {
            var now = _gateway.Time.GetUtcNow();
            var text = string.Format(CultureInfo.InvariantCulture, floating, now, now.ToUnixTimeSeconds(), 1_000_003L * (i + 7), i);
            await AskAsync(System: "You help the shop. " + text + Rules, Question: $"Where is order {Words[i % 12]}?");
        }
        var advice = Assert.Single(_gateway.Prefixes.Advice());
        Assert.Equal((kind, "system[0]"), (advice.Kinds, advice.Where));
        Assert.InRange(advice.FromByte, 19, 60);
        Assert.InRange(advice.ToByte, advice.FromByte + 1, 90);
        Assert.InRange(advice.Calls, 57, 59);
        // About 1,500 tokens a call at 3 dollars a million, of which a read saves nine tenths, for 60 calls an hour at least.
        Assert.InRange(advice.Tokens / advice.Calls, 1_300, 1_800);
        Assert.InRange(advice.MonthlyCost!.Value.Usd, 0.9m * 59 * 1_300 * 3e-6m * 720, 0.9m * 59 * 1_800 * 3e-6m * 720);
        Assert.Contains("Move what changes", advice.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhiteSpaceThatIsNeverTheSameIsNamed()
    {
        var random = new Random(1);
        for (var i = 0; i < 40; i++)
            await AskAsync(System: string.Join(' ', Rules.Split(' ').Select(word => random.Next(40) == 0 ? word + " " : word)));

        var advice = Assert.Single(_gateway.Prefixes.Advice());
        Assert.Equal((DriftKinds.Whitespace, "system[0]"), (advice.Kinds, advice.Where));
    }

    [Fact]
    public async Task TheOrderOfKeysOfListsAndOfToolsIsNamed()
    {
        var random = new Random(1);
        string Shuffled(params string[] parts)
        {
            random.Shuffle(parts);
            return string.Join(',', parts);
        }
        for (var i = 0; i < 60; i++)
        {
            string[] names = ["order", "customer", "since", "until", "state", "limit", "page", "sort"];
            var properties = Shuffled([.. names.Select(n => $$""" "{{n}}":{"type":"string"} """)]);
            var required = Shuffled([.. names.Select(n => $"\"{n}\"")]);
            var tools = new[] { Tool("search", properties, """ "order" """), Tool("list", """ "order":{"type":"string"} """, required), Tool("get", """ "id":{"type":"string"} """, "\"id\""), Tool("put", """ "id":{"type":"string"} """, "\"id\""), Tool("del", """ "id":{"type":"string"} """, "\"id\"") };
            await AskAsync(System: Rules, tools: i < 30 ? string.Join(',', tools) : Shuffled(tools));
        }
        var advice = _gateway.Prefixes.Advice();
        Assert.Contains(advice, a => a is { Kinds: DriftKinds.KeyOrder, Where: "tools[0].inputSchema" });
        Assert.Contains(advice, a => a is { Kinds: DriftKinds.ArrayOrder, Where: "tools[1].inputSchema" });
        Assert.Contains(advice, a => a is { Kinds: DriftKinds.ToolOrder, Where: "tools" });
        Assert.All(advice, a => Assert.False(a.Kinds.HasFlag(DriftKinds.Time)));
    }

    [Fact]
    public async Task APromptThatIsTheSameGetsNoAdvice()
    {
        for (var i = 0; i < 60; i++)
            await AskAsync(System: Rules + "Today is 2026-11-21.", Question: $"Order {i}?");
        Assert.Empty(_gateway.Prefixes.Advice());
    }

    [Fact]
    public async Task PromptsThatReallyDifferGetNoAdvice()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var figures = string.Join(", ", Enumerable.Range(0, 12).Select(_ => random.Next(10_000)));
            var words = string.Join(' ', Enumerable.Range(0, 12).Select(_ => Words[random.Next(12)]));
            await AskAsync(System: (i % 4) switch
            {
                // Another text; a template full of figures; one of a few that are used again and again; another name.
                0 => Rules + words,
                1 => $"The invoice has the lines {figures}. " + Rules,
                2 => $"Write for readers of grade {5 + random.Next(6)}. " + Rules,
                _ => $"You talk with {Words[random.Next(12)]} {Words[random.Next(12)]} {Words[random.Next(12)]}. " + Rules,
            });
        }
        Assert.Empty(_gateway.Prefixes.Advice());
    }

    [Fact]
    public async Task WhatComesLessOftenThanACacheLivesGetsNoAdvice()
    {
        for (var i = 0; i < 60; i++)
        {
            _gateway.Time.Advance(TimeSpan.FromMinutes(6));
            await AskAsync(System: $"It is {_gateway.Time.GetUtcNow():O}. " + Rules);
        }
        Assert.Empty(_gateway.Prefixes.Advice());
    }

    [Fact]
    public async Task WhatIsTooShortToBeCachedGetsNoAdvice()
    {
        for (var i = 0; i < 60; i++)
            await AskAsync(System: $"It is {_gateway.Time.GetUtcNow():O}. " + Rules[..1_500], Question: Rules + Words[i % 12] + i);
        Assert.Empty(_gateway.Prefixes.Advice());
    }

    [Fact]
    public async Task AConversationBehindAFloatingDateCountsAsLostTooAndOtherKeysAreToldApart()
    {
        var turns = "";
        for (var i = 0; i < 30; i++)
        {
            await AskAsync(System: $"It is {_gateway.Time.GetUtcNow():O}. " + Rules, before: turns, Question: $"And {Words[i % 12]}?");
            turns += $$"""{"role":"user","content":[{"text":"And {{Words[i % 12]}}?"}]},{"role":"assistant","content":[{"text":"{{Rules[..800]}}"}]},""";
        }
        var advice = Assert.Single(_gateway.Prefixes.Advice());
        Assert.Equal("sk-one", advice.Partition.Tenant);
        Assert.True(advice.Tokens / advice.Calls > 3_000, $"{advice.Tokens / advice.Calls} tokens a call");
    }

    /// <summary>Random prompts of words, figures and dates: whatever is not a change of a masked part or of white space is another prompt.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnotherWordIsAnotherSkeletonAndMaskedPartsAreNot(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            string[] parts = [.. Enumerable.Range(0, 20 + random.Next(40)).Select(_ => random.Next(16) == 0 ? "§" : Words[random.Next(12)])];
            string Fill() => string.Join(' ', parts.Select(p => p != "§" ? p : random.Next(2) == 0 ? $"2026-0{1 + random.Next(9)}-1{random.Next(10)}" : Guid.NewGuid().ToString()));
            var (first, second) = (DriftText.Of(Utf8(Fill())), DriftText.Of(Utf8(Fill())));
            Assert.Equal(first.Skeleton, second.Skeleton);

            var at = Array.FindIndex(parts, p => p != "§");
            parts[at] = parts[at] == "lamp" ? "river" : "lamp";
            Assert.NotEqual(first.Skeleton, DriftText.Of(Utf8(Fill())).Skeleton);
        }
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Tool(string name, string properties, string required) =>
        $$$$"""{"toolSpec":{"name":"{{{{name}}}}","description":"It does what its name says, for one order or for many of them.","inputSchema":{"json":{"type":"object","properties":{ {{{{properties}}}} },"required":[{{{{required}}}}] } } } }""";

    private async Task AskAsync(string System, string Question = "Where is it?", string tools = "", string before = "")
    {
        _gateway.Time.Advance(TimeSpan.FromSeconds(10));
        var toolConfig = tools.Length > 0 ? $$$""","toolConfig":{"tools":[{{{tools}}}]}""" : "";
        var body = $$"""{"system":[{"text":"{{System}}"}],"messages":[{{before}}{"role":"user","content":[{"text":"{{Question}}"}]}]{{toolConfig}} }""";
        var answer = await _gateway.CallAsync(new Question(Sonnet, body));
        Assert.Equal(200, answer.Status);
    }
}
