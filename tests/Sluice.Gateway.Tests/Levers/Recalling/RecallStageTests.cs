using System.Text;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Recalling;

public sealed class RecallStageTests : IDisposable
{
    private static readonly LeverOptions On = new LeverOptions().With(Lever.Recall, LeverMode.On);
    private static readonly LeverOptions OnDisk = On with { Recall = new RecallOptions { DiskBytes = 1_000_000 } };

    private readonly LeverHarness _gateway = new(On);

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task TheSameCallIsAnsweredFromMemoryByteForByte()
    {
        var first = await _gateway.CallAsync(Converse());
        _gateway.Time.Advance(TimeSpan.FromSeconds(40));
        var second = await _gateway.CallAsync(Converse());

        Assert.Single(_gateway.Upstream.Arrivals);
        Assert.Equal(Canned.ConverseReply, second.Text);
        Assert.Equal(first.Headers["Content-Type"], second.Headers["Content-Type"]);
        Assert.Equal("recall;why=\"the same call was answered 40 s ago\"", second.Headers["x-sluice-decisions"]);
    }

    [Fact]
    public async Task ARecalledAnswerCostsNothingAndItsBaselineIsTheCallThatItSpared()
    {
        await _gateway.CallAsync(Converse());
        var record = (await _gateway.CallAsync(Converse())).Record;

        Assert.Equal(Outcome.AnsweredLocally, record.Outcome);
        Assert.Empty(record.Attempts);
        Assert.Equal(Money.Zero, record.Cost);
        Assert.Equal(Canned.ConverseCost, record.Baseline.ToString());
        var decision = Assert.Single(record.Decisions);
        Assert.Equal(("recall", Canned.ConverseCost, false, false), (decision.Lever, decision.Saving.ToString(), decision.IsShadow, decision.IsEstimated));
    }

    [Fact]
    public async Task TheRequestIdAndTheDateOfTheFirstAreNotRepeated()
    {
        Assert.Equal("req-1", (await _gateway.CallAsync(Converse())).Headers["x-amzn-requestid"]);
        var second = await _gateway.CallAsync(Converse());

        Assert.Null(second.Headers["x-amzn-requestid"]);
        Assert.Null(second.Headers["Date"]);
        Assert.Equal("2", second.Headers["x-sluice-invocation-id"]);
    }

    [Fact]
    public async Task AStreamComesBackWithTheSameFrames()
    {
        _gateway.Upstream.Answer = _ =>
        {
            var stream = PlayedReply.Stream(Canned.Start, Canned.Delta("Hi"), Canned.Stop, Canned.Metadata);
            stream.End();
            return Task.FromResult(stream);
        };
        await _gateway.CallAsync(Stream());
        var second = await _gateway.CallAsync(Stream());

        Assert.Single(_gateway.Upstream.Arrivals);
        Assert.Equal(Canned.WholeStream, second.Bytes);
        Assert.Equal("application/vnd.amazon.eventstream", second.Headers["Content-Type"]);
        Assert.Equal(Canned.ConverseCost, second.Record.Baseline.ToString());
        Assert.True(second.Record.Streamed);
    }

    [Fact]
    public async Task AnotherSpellingOfTheSameCallIsTheSameCall()
    {
        await _gateway.CallAsync(Converse());
        await _gateway.CallAsync(Converse() with { Body = """{ "inferenceConfig": {"temperature": 0.0}, "messages": [ {"content":[{"text":"\u0048ello"}],"role":"user"} ] }""" });

        Assert.Single(_gateway.Upstream.Arrivals);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhateverDiffersNobodyEverGetsTheAnswerToAnotherCall(bool fromDisk)
    {
        // With a disk there is next to no memory, so that nearly all answers come from there.
        using var gateway = new LeverHarness(fromDisk ? OnDisk : On, storeBytes: fromDisk ? 40_000 : 10_000_000, archive: new MemoryArchive());
        gateway.Upstream.Answer = a => Task.FromResult(AnswerTo(a));
        var random = new Random(7);
        var answers = new Dictionary<string, (string Number, string Form)>(StringComparer.Ordinal);
        var (recalled, converted) = (0, 0);
        for (var i = 0; i < 4_000; i++)
        {
            // Few values of each, so that calls meet again that are the same, and calls that differ in one thing alone.
            var variation = Variation.Draw(random);
            var asked = variation.ToQuestion();
            var identity = $"{asked.KeyId} {asked.Upstream} {asked.Target.Replace("-with-response", "", StringComparison.Ordinal).Replace("-stream", "", StringComparison.Ordinal)} {string.Join(' ', asked.Headers)} {asked.Body}";
            var before = gateway.Upstream.Arrivals.Count;
            var answer = await gateway.CallAsync(asked);
            Assert.Equal(asked.Target.Contains("-stream", StringComparison.Ordinal) ? "application/vnd.amazon.eventstream" : "application/json", answer.Headers["Content-Type"]);
            // What a guardrail did to a reply is not in these replies, so none of them is kept.
            if (variation.Guardrail.Length == 0 && answers.TryGetValue(identity, out var known))
            {
                Assert.Equal(known.Number, NumberIn(answer));
                Assert.Equal(before, gateway.Upstream.Arrivals.Count);
                recalled++;
                converted += known.Form == asked.Target ? 0 : 1;
            }
            else
            {
                Assert.Equal(before + 1, gateway.Upstream.Arrivals.Count);
                Assert.Equal((before + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), NumberIn(answer));
                answers[identity] = (NumberIn(answer), asked.Target);
            }
        }
        Assert.InRange(recalled, 200, 3_900);
        Assert.InRange(converted, 100, recalled);
    }

    [Fact]
    public async Task AStreamedAnswerServesAPlainCallAndKeepsItsOwnFrames()
    {
        _gateway.Upstream.Answer = a => Task.FromResult(AnswerTo(a));
        var stream = await _gateway.CallAsync(Stream());
        var plain = await _gateway.CallAsync(Converse());
        var again = await _gateway.CallAsync(Stream());

        Assert.Single(_gateway.Upstream.Arrivals);
        Assert.Equal(stream.Bytes, again.Bytes);
        Assert.Equal("""{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"text":"answer 1."}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110}}""", plain.Text);
        Assert.Equal("application/json", plain.Headers["Content-Type"]);
        Assert.Equal((Outcome.AnsweredLocally, Money.Zero, Canned.ConverseCost), (plain.Record.Outcome, plain.Record.Cost, plain.Record.Baseline.ToString()));
        Assert.False(plain.Record.Streamed);
    }

    [Fact]
    public async Task APlainAnswerServesAStreamAndKeepsItsOwnBytes()
    {
        await _gateway.CallAsync(Converse());
        var stream = await _gateway.CallAsync(Stream());
        var again = await _gateway.CallAsync(Stream());
        var plain = await _gateway.CallAsync(Converse());

        Assert.Single(_gateway.Upstream.Arrivals);
        Assert.Equal(Canned.ConverseReply, plain.Text);
        Assert.Equal("application/vnd.amazon.eventstream", stream.Headers["Content-Type"]);
        Assert.Equal(stream.Bytes, again.Bytes);
        Assert.Equal((Outcome.AnsweredLocally, Canned.ConverseCost, "end_turn"), (stream.Record.Outcome, stream.Record.Baseline.ToString(), stream.Record.StopReason));
        Assert.True(stream.Record.Streamed);
    }

    [Fact]
    public async Task AnAnswerWhoseOtherFormIsNotKnownServesItsOwnAlone()
    {
        _gateway.Upstream.Answer = a => a.Number == 1
            ? PlayedReply.Whole(Canned.ConverseReply.Replace("\"text\":\"Hi\"", "\"image\":{}", StringComparison.Ordinal))
            : Task.FromResult(AnswerTo(a));
        await _gateway.CallAsync(Converse());
        Assert.Contains("answer 2.", (await _gateway.CallAsync(Stream())).Text, StringComparison.Ordinal);
        await _gateway.CallAsync(Converse());
        await _gateway.CallAsync(Stream());

        Assert.Equal(2, _gateway.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task AnAnswerOnTheDiskOutlivesTheProcess()
    {
        var archive = new MemoryArchive();
        using (var first = new LeverHarness(OnDisk, archive: archive))
            await first.CallAsync(Converse());
        using var second = new LeverHarness(OnDisk, archive: archive);
        second.Time.Advance(TimeSpan.FromSeconds(40));
        var stream = await second.CallAsync(Stream());
        var plain = await second.CallAsync(Converse());
        await second.CallAsync(Stream());

        Assert.Empty(second.Upstream.Arrivals);
        Assert.Equal("application/vnd.amazon.eventstream", stream.Headers["Content-Type"]);
        Assert.Equal(Canned.ConverseReply, plain.Text);
        Assert.Equal("recall;why=\"the same call was answered 40 s ago\"", plain.Headers["x-sluice-decisions"]);
        // What was read once is in memory.
        Assert.Equal(1, archive.Reads);
    }

    [Fact]
    public async Task TheDiskIsNotTouchedForCallsThatItDoesNotKnowNorWithoutTheOwnersWord()
    {
        var archive = new MemoryArchive();
        using var gateway = new LeverHarness(OnDisk, archive: archive);
        await gateway.CallAsync(Converse());
        await gateway.CallAsync(Converse("Another"));
        Assert.Equal((0, 2), (archive.Reads, archive.Count));

        using var other = new LeverHarness(On, archive: archive);
        await other.CallAsync(Converse());
        await other.CallAsync(Converse("A third"));
        Assert.Equal((0, 2), (archive.Reads, archive.Count));
        Assert.Equal(2, other.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task WhatTheDiskBringsBrokenOrTooLateIsAskedForAgain()
    {
        var archive = new MemoryArchive();
        using (var first = new LeverHarness(OnDisk, archive: archive))
            await first.CallAsync(Converse());
        Func<byte[], byte[]?>[] faults = [_ => null, reply => reply[..^1], _ => [], reply => [9, .. reply[1..]], _ => throw new IOException("the disk is gone")];
        foreach (var fault in faults)
        {
            using var gateway = new LeverHarness(OnDisk, archive: archive);
            archive.OnRead = fault;
            Assert.Equal(Canned.ConverseReply, (await gateway.CallAsync(Converse())).Text);
            Assert.Single(gateway.Upstream.Arrivals);
        }
    }

    [Fact]
    public async Task AnAnswerOnTheDiskIsServedForItsLifetimeAndNoLonger()
    {
        var archive = new MemoryArchive();
        using (var first = new LeverHarness(OnDisk, archive: archive))
            await first.CallAsync(Converse());
        using var second = new LeverHarness(OnDisk, archive: archive);
        second.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromTicks(1));
        await second.CallAsync(Converse());

        Assert.Single(second.Upstream.Arrivals);
    }

    [Fact]
    public async Task CallersWithCredentialsOfTheirOwnForTheUpstreamShareNothing()
    {
        _gateway.Upstream.Answer = a => PlayedReply.Whole(ConverseReply($"answer {a.Number}"));
        var anonymous = Converse() with { KeyId = null };
        Question[] callers = [anonymous, anonymous.With(("Authorization", "Bearer one")), anonymous.With(("Authorization", "Bearer two")), anonymous.With(("x-api-key", "three"))];
        foreach (var caller in callers)
            await _gateway.CallAsync(caller);
        for (var i = 0; i < callers.Length; i++)
            Assert.Contains($"answer {i + 1}\"", (await _gateway.CallAsync(callers[i])).Text, StringComparison.Ordinal);

        Assert.Equal(callers.Length, _gateway.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task AStreamThatWasAskedForWithoutCountsIsNotGivenOneThatHasThem()
    {
        _gateway.Upstream.Answer = _ => PlayedReply.Whole(
            """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}}""");
        await _gateway.CallAsync(Chat(""","stream":true,"stream_options":{"include_usage":true}"""));
        await _gateway.CallAsync(Chat(""","stream":true"""));
        await _gateway.CallAsync(Chat(""","stream":true,"stream_options":{"include_usage":false}"""));

        Assert.Equal(3, _gateway.Upstream.Arrivals.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(429)]
    [InlineData(424)]
    public async Task ErrorsAreNotKept(int status)
    {
        _gateway.Upstream.Answer = a => a.Number == 1 && status != 429 ? PlayedReply.Whole("""{"message":"no"}""", status) : PlayedReply.Whole(Canned.ConverseReply, a.Number < 4 && status == 429 ? 429 : 200);
        var first = _gateway.CallAsync(Converse());
        while (!first.IsCompleted)
            _gateway.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(status, (await first).Status);

        var arrivals = _gateway.Upstream.Arrivals.Count;
        Assert.Equal(200, (await _gateway.CallAsync(Converse())).Status);
        Assert.Equal(arrivals + 1, _gateway.Upstream.Arrivals.Count);
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("guardrail_intervened")]
    [InlineData("content_filtered")]
    [InlineData("malformed_model_output")]
    [InlineData("model_context_window_exceeded")]
    [InlineData("something new")]
    public async Task AnAnswerThatTheModelDidNotFinishIsNotKept(string stopReason)
    {
        var archive = new MemoryArchive();
        using var gateway = new LeverHarness(OnDisk, archive: archive);
        gateway.Upstream.Answer = _ => PlayedReply.Whole(ConverseReply("Hi", stopReason));
        await gateway.CallAsync(Converse());
        await gateway.CallAsync(Converse());
        await gateway.CallAsync(Stream());

        Assert.Equal(3, gateway.Upstream.Arrivals.Count);
        Assert.Equal((0, 0), (gateway.Store.Bytes, archive.Count));
    }

    [Fact]
    public async Task AnInvokeModelReplyThatAGuardrailReplacedIsNotKept()
    {
        // With a trace the units are known, so nothing about the counts keeps it out.
        const string blocked = ""","amazon-bedrock-guardrailAction":"INTERVENED","amazon-bedrock-trace":{"guardrail":{"input":{"gr":{"invocationMetrics":{"usage":{"topicPolicyUnits":1,"contentPolicyUnits":1,"wordPolicyUnits":0,"sensitiveInformationPolicyUnits":0,"sensitiveInformationPolicyFreeUnits":0,"contextualGroundingPolicyUnits":0}}}}}}""";
        _gateway.Upstream.Answer = _ => PlayedReply.Whole(InvokeReply("Sorry, no.", blocked));
        var question = Invoke().With(("X-Amzn-Bedrock-GuardrailIdentifier", "gr"), ("X-Amzn-Bedrock-GuardrailVersion", "1"), ("X-Amzn-Bedrock-Trace", "ENABLED"));
        await _gateway.CallAsync(question);
        await _gateway.CallAsync(question);

        Assert.Equal(2, _gateway.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task AReplyThatBrokeOffIsNotKept()
    {
        _gateway.Upstream.Answer = a =>
        {
            var stream = PlayedReply.Stream(Canned.Start, Canned.Delta("Hi"));
            if (a.Number == 1)
                stream.Break();
            else
                stream.End();
            return Task.FromResult(stream);
        };
        Assert.True((await _gateway.CallAsync(Stream())).IsCut);
        // This one ends without an error, and without its end.
        await _gateway.CallAsync(Stream());
        await _gateway.CallAsync(Stream());

        Assert.Equal(3, _gateway.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task AnAnswerWhoseCallerLeftIsKeptIfItCameToItsEnd()
    {
        var stream = PlayedReply.Stream(Canned.Start, Canned.Delta("Hi"));
        _gateway.Upstream.Answer = _ => Task.FromResult(stream);
        using var caller = new CancellationTokenSource();
        var left = _gateway.CallAsync(Stream() with { OnBytes = _ => caller.Cancel() }, caller);
        stream.Write([.. Canned.Stop, .. Canned.Metadata]);
        stream.End();
        Assert.Equal(Outcome.ClientAborted, (await left).Record.Outcome);

        Assert.Equal(Canned.WholeStream, (await _gateway.CallAsync(Stream())).Bytes);
        Assert.Single(_gateway.Upstream.Arrivals);
    }

    [Theory]
    [InlineData("""  "maxTokens":50 """)]
    [InlineData(""" "temperature":0.1 """)]
    [InlineData(""" "temperature":1e-9 """)]
    [InlineData(""" "temperature":null """)]
    public async Task WhoeverDoesNotAskForTemperatureZeroGetsANewAnswerEachTime(string parameters)
    {
        await _gateway.CallAsync(Converse(parameters: parameters));
        await _gateway.CallAsync(Converse(parameters: parameters));

        Assert.Equal(2, _gateway.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task TheOwnerMayHaveSampledAnswersKeptToo()
    {
        using var gateway = new LeverHarness(On with { Recall = new RecallOptions { Sampled = true } });
        await gateway.CallAsync(Converse(parameters: """ "temperature":0.7 """));
        await gateway.CallAsync(Converse(parameters: """ "temperature":0.7 """));

        Assert.Single(gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task AnAnswerIsServedForItsLifetimeAndNoLonger()
    {
        await _gateway.CallAsync(Converse());
        _gateway.Time.Advance(TimeSpan.FromHours(1));
        await _gateway.CallAsync(Converse());
        Assert.Single(_gateway.Upstream.Arrivals);

        // Being read does not renew it.
        _gateway.Time.Advance(TimeSpan.FromTicks(1));
        await _gateway.CallAsync(Converse());
        Assert.Equal(2, _gateway.Upstream.Arrivals.Count);
    }

    [Fact]
    public async Task WhatIsKeptStaysWithinTheBound()
    {
        using var gateway = new LeverHarness(On, storeBytes: 16_000);
        gateway.Upstream.Answer = a => PlayedReply.Whole(ConverseReply(new string('x', a.Number % 7 == 0 ? 5_000 : 300)));
        for (var i = 0; i < 200; i++)
        {
            await gateway.CallAsync(Converse("question " + i));
            Assert.InRange(gateway.Store.Bytes, 0, 16_000);
        }
        Assert.True(gateway.Store.Bytes > 8_000, "most of the room is used");
    }

    [Theory]
    [InlineData("off")]
    [InlineData(" OFF ")]
    [InlineData("trim, mark")]
    public async Task ACallerMayAskForANewAnswer(string levers)
    {
        await _gateway.CallAsync(Converse());
        var second = await _gateway.CallAsync(Converse().With(("x-sluice-levers", levers)));

        Assert.Equal(2, _gateway.Upstream.Arrivals.Count);
        Assert.Null(_gateway.Upstream.Arrivals[1].Headers["x-sluice-levers"]);
        Assert.Empty(second.Record.Decisions);
        Assert.False(second.Record.Control);
    }

    [Fact]
    public async Task ACallerMayNameThisLever()
    {
        await _gateway.CallAsync(Converse());
        await _gateway.CallAsync(Converse().With(("x-sluice-levers", "trim, Recall")));

        Assert.Single(_gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task ShadowAsksTheUpstreamAndTellsWhatItWouldHaveSaved()
    {
        using var gateway = new LeverHarness(new LeverOptions().With(Lever.Recall, LeverMode.Shadow));
        await gateway.CallAsync(Converse());
        var second = await gateway.CallAsync(Converse());

        Assert.Equal(2, gateway.Upstream.Arrivals.Count);
        Assert.Equal("req-2", second.Headers["x-amzn-requestid"]);
        Assert.Equal(Canned.ConverseCost, second.Record.Cost.ToString());
        Assert.Equal(second.Record.Cost, second.Record.Baseline);
        var decision = Assert.Single(second.Record.Decisions);
        Assert.True(decision.IsShadow);
        Assert.Equal(Canned.ConverseCost, decision.Saving.ToString());
    }

    [Fact]
    public async Task AnAnswerToAMarkedRequestIsPricedAsIfItHadNotBeenMarked()
    {
        // The answer's own counts tell of a cache read that the caller never asked for.
        using var gateway = new LeverHarness(On.With(Lever.Mark, LeverMode.On));
        var body = LongConverse();
        gateway.Upstream.Answer = a => PlayedReply.Whole(
            """{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"cacheReadInputTokens":USED,"cacheWriteInputTokens":0,"totalTokens":8110},"metrics":{"latencyMs":5}}"""
                .Replace("USED", a.Body.Contains("cachePoint", StringComparison.Ordinal) ? "8000" : "0", StringComparison.Ordinal));
        Answer? marked = null;
        for (var i = 0; i < 30 && marked is null; i++)
        {
            var answer = await gateway.CallAsync(body("question " + i));
            if (gateway.Upstream.Arrivals[^1].Body.Contains("cachePoint", StringComparison.Ordinal))
                marked = await gateway.CallAsync(body("question " + i));
            gateway.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.NotNull(marked);
        Assert.Equal(Outcome.AnsweredLocally, marked.Record.Outcome);
        // 8,100 input tokens at 3 dollars a million and 10 output tokens at 15 (global Claude Sonnet 4.5).
        Assert.Equal(Money.FromUsd(0.02445m), marked.Record.Baseline);
    }

    /// <summary>An answer with a number of its own, in the form that is asked for.</summary>
    private static PlayedReply AnswerTo(Arrival arrival)
    {
        var text = $"answer {arrival.Number}.";
        byte[] body;
        if (arrival.Target.Contains("/converse-stream", StringComparison.Ordinal))
            body = [.. Canned.Start, .. Canned.Delta(text), .. Canned.Stop, .. Canned.Metadata];
        else if (arrival.Target.Contains("/invoke-with-response-stream", StringComparison.Ordinal))
        {
            string[] events =
            [
                """{"type":"message_start","message":{"type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":100,"output_tokens":1}}}""",
                """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
                $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{text}}}"}}""",
                """{"type":"content_block_stop","index":0}""",
                """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":10}}""",
                """{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":100,"outputTokenCount":10}}""",
            ];
            body = [.. events.SelectMany(e => Canned.Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(e))}}"}"""))];
        }
        else
            body = Encoding.UTF8.GetBytes(arrival.Target.Contains("/converse", StringComparison.Ordinal) ? ConverseReply(text) : InvokeReply(text));
        var reply = new PlayedReply(contentType: arrival.Target.Contains("-stream", StringComparison.Ordinal) ? "application/vnd.amazon.eventstream" : "application/json");
        reply.Write(body);
        reply.End();
        return reply;
    }

    /// <summary>Which answer it is; chunks have it as base64.</summary>
    private static string NumberIn(Answer answer)
    {
        const string begin = "\"bytes\":\"";
        var text = answer.Text;
        for (var at = text.IndexOf(begin, StringComparison.Ordinal); at >= 0; at = text.IndexOf(begin, at + 1, StringComparison.Ordinal))
        {
            var start = at + begin.Length;
            text += Encoding.UTF8.GetString(Convert.FromBase64String(text[start..text.IndexOf('"', start)]));
        }
        var number = text.IndexOf("answer ", StringComparison.Ordinal) + "answer ".Length;
        return text[number..text.IndexOf('.', number)];
    }

    private static Func<string, Question> LongConverse()
    {
        var system = new StringBuilder();
        for (var i = 0; i < 1_500; i++)
            system.Append(System.Globalization.CultureInfo.InvariantCulture, $"Rule {i}: be kind. ");
        return text => Converse(text, more: $$$""","system":[{"text":"{{{system}}}"}]""");
    }

    /// <summary>All that decides an answer, of each a few values.</summary>
    private sealed record Variation(
        string? Key, string Upstream, string Path, string System, string Tools, string Text, string Parameters, string Guardrail, string Beta, string Query, string History)
    {
        public static Variation Draw(Random random) => new(
            Pick(random, "sk-one", "sk-two", null), Pick(random, "test", "other"),
            Pick(random, Canned.ConversePath, Canned.ConversePath.Replace("global", "us", StringComparison.Ordinal), InvokePath) + Pick(random, "", "-stream"), Pick(random, "", "S", "T"),
            Pick(random, "", "a", "b"), Pick(random, "Hello", "Hello ", "hello"), Pick(random, "", "9", "10"),
            Pick(random, "", "g1", "g2"), Pick(random, "", "context-1m-2025-08-07"), Pick(random, "", "?beta=true"), Pick(random, "", "earlier"));

        public Question ToQuestion()
        {
            var isConverse = !Path.StartsWith(InvokePath, StringComparison.Ordinal);
            var path = isConverse ? Path : Path.Replace("-stream", "-with-response-stream", StringComparison.Ordinal);
            var body = new StringBuilder("{");
            if (isConverse)
            {
                body.Append($$$""" "inferenceConfig":{"temperature":0{{{(Parameters.Length > 0 ? $",\"maxTokens\":{Parameters}" : "")}}} },"messages":[""");
                if (History.Length > 0)
                    body.Append($$$"""{"role":"user","content":[{"text":"{{{History}}}"}]},{"role":"assistant","content":[{"text":"ok"}]},""");
                body.Append($$$"""{"role":"user","content":[{"text":"{{{Text}}}"}]}]""");
                if (System.Length > 0)
                    body.Append($$$""","system":[{"text":"{{{System}}}"}]""");
                if (Tools.Length > 0)
                    body.Append($$$""","toolConfig":{"tools":[{"toolSpec":{"name":"{{{Tools}}}","inputSchema":{"json":{ } } } } ] }""");
                if (Guardrail.Length > 0)
                    body.Append($$$""","guardrailConfig":{"guardrailIdentifier":"{{{Guardrail}}}","guardrailVersion":"1","trace":"disabled"}""");
            }
            else
            {
                body.Append($$$""" "anthropic_version":"bedrock-2023-05-31","temperature":0,"max_tokens":{{{(Parameters.Length > 0 ? Parameters : "8")}}},"messages":[""");
                if (History.Length > 0)
                    body.Append($$$"""{"role":"user","content":"{{{History}}}"},{"role":"assistant","content":"ok"},""");
                body.Append($$$"""{"role":"user","content":"{{{Text}}}"}]""");
                if (System.Length > 0)
                    body.Append($$$""","system":"{{{System}}}" """);
                if (Tools.Length > 0)
                    body.Append($$$""","tools":[{"name":"{{{Tools}}}","input_schema":{}}]""");
            }
            var question = new Question(path + Query, body.Append('}').ToString()) { KeyId = Key, Upstream = Upstream };
            if (Guardrail.Length > 0 && !isConverse)
                question = question.With(("X-Amzn-Bedrock-GuardrailIdentifier", Guardrail), ("X-Amzn-Bedrock-GuardrailVersion", "1"));
            return Beta.Length > 0 ? question.With(("anthropic-beta", Beta)) : question;
        }

        private static T Pick<T>(Random random, params ReadOnlySpan<T> values) => random.Next(2) == 0 ? values[0] : values[random.Next(values.Length)];
    }
}
