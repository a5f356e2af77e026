using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway;

/// <summary>The request of an invocation as it would leave now. A lever replaces it whole and never changes it in place.</summary>
public sealed record InvocationRequest
{
    public required string Method { get; init; }

    public required RequestTarget Target { get; init; }

    public required Operation Operation { get; init; }

    /// <summary>The model, by path or body, or null for an operation without one.</summary>
    public ModelIdentifier? Model { get; init; }

    /// <summary>All header fields but those of the connection itself.</summary>
    public required HeaderList Headers { get; init; }

    /// <summary>Valid until the invocation ends.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required RequestFacts Facts { get; init; }

    /// <summary>What a compressed body says; empty where that can't be read, and null where the body isn't compressed. It never leaves.</summary>
    public ReadOnlyMemory<byte>? Inflated { get; init; }

    /// <summary>The body to read in: what leaves is <see cref="Body"/>.</summary>
    public ReadOnlyMemory<byte> Readable => Inflated ?? Body;

    /// <summary>The body is compressed in a way that Sluice can't read, so nobody knows what it asks for.</summary>
    public bool IsUnreadable => Inflated is { IsEmpty: true } && !Body.IsEmpty;
}

/// <summary>Who makes a call, as far as it was proved.</summary>
/// <param name="KeyId">The Sluice key, or null for an anonymous caller.</param>
/// <param name="PresentedSluiceKey">The caller's one credential is a Sluice key: none is left for an upstream.</param>
public sealed record Caller(string? KeyId, ImmutableSortedDictionary<string, string> Tags, bool PresentedSluiceKey)
{
    public static Caller Anonymous { get; } = new(null, ImmutableSortedDictionary<string, string>.Empty, PresentedSluiceKey: false);

    /// <summary>What a key's holder may call.</summary>
    public Keys.KeyPermissions Permissions { get; init; } = Keys.KeyPermissions.Ordinary;
}

/// <summary>What attempts are made for.</summary>
public enum AttemptPurpose
{
    /// <summary>The caller's answer.</summary>
    Answer,

    /// <summary>What a lever wants to know on the side, of a judge or an embedder. It can do without.</summary>
    Aside,

    /// <summary>A sample of the quality watch, which no caller waits for.</summary>
    Sample,
}

/// <summary>One call of one model on its way through the pipeline.</summary>
public sealed class Invocation : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private InvocationRequest? _request;
    private (ReadOnlyMemory<byte> Body, PromptOutline Outline)? _outlined;
    private (InvocationRequest Request, AnswerKeys? Keys)? _answer;
    private ImmutableSortedDictionary<string, string>? _tags;

    public required string Id { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> at the start, for durations.</summary>
    public required long StartTimestamp { get; init; }

    /// <summary>The request as it would leave now.</summary>
    public required InvocationRequest Request
    {
        get => _request!;
        set
        {
            Original ??= value;
            _request = value;
        }
    }

    /// <summary>The request as the caller sent it.</summary>
    public InvocationRequest Original { get; private set; } = null!;

    /// <summary>Where the call goes; stages may choose another before it is sent.</summary>
    public required Upstream Upstream { get; set; }

    public Caller Caller { get; set; } = Caller.Anonymous;

    /// <summary>Where the request comes from, for the rule that local callers need no key.</summary>
    public CallerOrigin Origin { get; init; }

    /// <summary>The body as it was received; null for an invocation that nobody sent.</summary>
    internal RequestBody? Received { get; init; }

    public AttemptLog Attempts { get; } = new();

    /// <summary>What the next attempt is made for.</summary>
    public AttemptPurpose Purpose { get; set; }

    /// <summary>Fires when the caller leaves. The invocation goes on, because AWS bills it all the same.</summary>
    public CancellationToken CallerGone { get; init; }

    public required InvocationLifetime Lifetime { get; init; }

    /// <summary>Its bookkeeping, from the record stage on.</summary>
    internal Stages.Recording.OpenRecord? Recording { get; set; }

    /// <summary>What budgets there are for it to ask how they stand; null where there are none.</summary>
    public Stages.Budgeting.BudgetBook? Budgets { get; init; }

    /// <summary>Which levers it meets.</summary>
    public LeverPlan Levers { get; set; } = LeverPlan.None;

    /// <summary>What levers did so far, in the order of the pipeline.</summary>
    public LeverLog Effects { get; } = new();

    /// <summary>Where the parts of the current request's prompt stand. It is read once for each body.</summary>
    public PromptOutline Outline
    {
        get
        {
            if (_outlined is not { } outlined || !outlined.Body.Equals(Request.Readable))
            {
                outlined = (Request.Readable, Own(PromptOutline.Read(Request.Facts.Dialect, Request.Readable.Span)));
                _outlined = outlined;
            }
            return outlined.Outline;
        }
    }

    /// <summary>How far the call has come in a cascade; null outside of one.</summary>
    internal CascadeRun? Cascade { get; set; }

    /// <summary>What the call is labelled with, once its caller is known.</summary>
    public ImmutableSortedDictionary<string, string> Tags => _tags ??= Stages.Recording.Tagging.TagsOf(this);

    /// <summary>Which calls may get this one's answer; null where that can't be told. It is computed once for each request.</summary>
    internal AnswerKeys? AnswerKeys
    {
        get
        {
            if (_answer is not { } answer || !ReferenceEquals(answer.Request, Request))
                _answer = answer = (Request, AnswerIdentity.KeysOf(this));
            return answer.Keys;
        }
    }

    /// <summary>Ties something to the invocation's end, such as the pooled memory of a body that a lever made.</summary>
    public T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    public void Dispose()
    {
        _outlined = null;
        foreach (var owned in _owned)
            owned.Dispose();
        _owned.Clear();
    }
}
