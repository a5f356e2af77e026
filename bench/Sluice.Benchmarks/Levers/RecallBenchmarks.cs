using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Benchmarks.Replies;
using Sluice.Core.Invocations;
using Sluice.Gateway;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Upstreams;
using Sluice.Ledger.Answers;

namespace Sluice.Benchmarks.Levers;

/// <summary>
/// What the recall stage adds to a call with a 10 KB prompt, from reading where the prompt's parts stand and hashing them to
/// the lookup, in memory alone and with 100,000 answers of 2 KB on the disk. Passing is the same without the stage.
/// </summary>
[MemoryDiagnoser]
public class RecallBenchmarks
{
    private const int OnDisk = 100_000;
    private const string Model = "anthropic.claude-haiku-4-5-20251001-v1:0";
    private const string Path = "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";

    private static readonly Next Upstream = (_, _) => ValueTask.FromResult(Reply.Plain(500, [], ReadOnlyMemory<byte>.Empty));

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-bench-");
    private readonly Upstream _upstream = new(
        new UpstreamOptions { Name = "none", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://127.0.0.1:9") }, new PassThroughAuthorizer());

    private readonly byte[] _stored = Question("stored");
    private readonly byte[] _unknown = Question("unknown");
    private readonly LeverPlan _plan = LeverPlan.None with
    {
        Options = new LeverOptions { Recall = new RecallOptions { DiskBytes = 1024 * 1024 * 1024, Lifetime = TimeSpan.FromDays(1) } }.With(Lever.Recall, LeverMode.On),
    };

    private readonly StoredReply _reply = new(200, [KeyValuePair.Create("Content-Type", "application/json")], CannedReply.Converse(2048), IsMarked: false, TimeProvider.System.GetUtcNow());
    private readonly StoredReply _larger = new(200, [KeyValuePair.Create("Content-Type", "application/json")], CannedReply.Converse(10 * 1024), IsMarked: false, TimeProvider.System.GetUtcNow());
    private ReplyArchive _archive = null!;
    private RecallStage _inMemory = null!;
    private RecallStage _withDisk = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var options = new ReplyArchiveOptions { DataDirectory = _data.FullName, MaxBytes = 1024 * 1024 * 1024, MaxAge = TimeSpan.FromDays(1), MaxWaiting = OnDisk, MaxWaitingBytes = long.MaxValue };
        var written = ReplyArchive.Open(options, TimeProvider.System, NullLogger.Instance);
        var bytes = _reply.ToBytes();
        for (var i = 0; i < OnDisk; i++)
            written.Keep(Key(i), _reply.StoredAt, bytes);
        written.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _archive = ReplyArchive.Open(options, TimeProvider.System, NullLogger.Instance);
        var store = new ReplyStore(64 * 1024 * 1024);
        _inMemory = new RecallStage(store, archive: null, TimeProvider.System, NullLogger<RecallStage>.Instance);
        _withDisk = new RecallStage(store, _archive, TimeProvider.System, NullLogger<RecallStage>.Instance);
        using var lifetime = NewLifetime();
        using var invocation = NewInvocation(_stored, lifetime);
        store.Put(invocation.AnswerKeys!.Value.Own, _reply);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _archive.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _upstream.Dispose();
        _data.Delete(recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task<int> Passing() => InvokeAsync(null, _unknown);

    [Benchmark]
    public Task<int> HitInMemory() => InvokeAsync(_inMemory, _stored);

    [Benchmark]
    public Task<int> MissInMemory() => InvokeAsync(_inMemory, _unknown);

    [Benchmark]
    public Task<int> MissInMemoryAndOnDisk() => InvokeAsync(_withDisk, _unknown);

    /// <summary>The disk's part alone.</summary>
    [Benchmark]
    public async Task<int> HitOnDisk() =>
        StoredReply.TryRead((await _archive.ReadAsync(Key(_next = (_next + 7919) % OnDisk), DateTimeOffset.MinValue))!, out var reply) ? reply.Body.Length : throw new InvalidOperationException("The disk has lost a reply.");

    /// <summary>The making of a stream of a plain 10 KB answer, which the first that asks for it waits for.</summary>
    [Benchmark]
    public int ConvertToStream() => Sluice.Bedrock.Replies.Forms.ReplyForms.TryConvert(Operation.ConverseStream, Dialect.Converse, streamed: true, _larger.Headers, _larger.Body, out var converted)
        ? converted.Body.Length
        : throw new InvalidOperationException("The reply has no other form.");

    private static byte[] Question(string text) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(CannedReply.ConverseRequest(10 * 1024)).Replace("\"maxTokens\":400", $"\"maxTokens\":400,\"temperature\":0,\"stopSequences\":[\"{text}\"]", StringComparison.Ordinal));

    private static (UInt128 High, UInt128 Low) Key(int i)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, i);
        var hash = SHA256.HashData(number);
        return (BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash.AsSpan(16)));
    }

    private async Task<int> InvokeAsync(RecallStage? stage, byte[] body)
    {
        using var lifetime = NewLifetime();
        using var invocation = NewInvocation(body, lifetime);
        await using var reply = await (stage is null ? Upstream(invocation, CancellationToken.None) : stage.InvokeAsync(invocation, Upstream, CancellationToken.None));
        return reply.Status;
    }

    private InvocationLifetime NewLifetime() => new(_upstream.Options.IdleLimit, _upstream.Options.DrainLimit, TimeProvider.System, CancellationToken.None);

    private Invocation NewInvocation(byte[] body, InvocationLifetime lifetime)
    {
        var headers = new HeaderList { { "Host", "127.0.0.1" }, { "Content-Type", "application/json" } };
        return new Invocation
        {
            Id = "0",
            StartedAt = _reply.StoredAt,
            StartTimestamp = 0,
            Request = new InvocationRequest
            {
                Method = "POST",
                Target = RequestTarget.Of(Path),
                Operation = Operation.Converse,
                Model = ModelIdentifier.Parse(Model),
                Headers = headers,
                Body = body,
                Facts = RequestReader.Read(Operation.Converse, Model, headers.First, body),
            },
            Upstream = _upstream,
            Caller = new Caller("sk-bench", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, PresentedSluiceKey: true),
            Levers = _plan,
            Lifetime = lifetime,
        };
    }
}
