using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Inflating;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Bedrock.Replies;

/// <summary>
/// Reads what a reply used while its bytes pass by, in chunks of any size. It keeps neither the reply nor its text, takes
/// the same memory for replies of any length, and allocates nothing a chunk. No bytes make it throw. For one reply and
/// one thread at a time; a reply with an error status is not for it.
/// </summary>
public sealed class ReplyMeter : IDisposable
{
    private const int MaxWordLength = 64;

    private readonly Operation _operation;
    private readonly Dialect _dialect;
    private readonly ReplyFraming _framing;
    private readonly RequestFacts _facts;
    private readonly ReplyFields _fields = new();
    private readonly JsonScanner _scanner;
    private readonly ServerSentEvents? _events;
    private readonly EventStreamDecoder? _decoder;
    private readonly ChunkBytes? _chunk;
    private readonly Inflater? _inflater;
    private bool _sawMetadata;
    private bool _sawException;
    private bool _isCorrupt;
    private long _frames;

    private ReplyMeter(Operation operation, Dialect dialect, ReplyFraming framing, RequestFacts facts, Inflater? inflater)
    {
        _inflater = inflater;
        (_operation, _dialect, _framing, _facts) = (operation, dialect, framing, facts);
        _scanner = new JsonScanner(ReplyTrees.Of(dialect), _fields);
        if (framing == ReplyFraming.ServerSentEvents)
            _events = new ServerSentEvents(_scanner, _fields);
        else if (framing == ReplyFraming.EventStream)
            (_decoder, _chunk) = (new EventStreamDecoder(), new ChunkBytes());
    }

    /// <summary>
    /// Nothing that may still come can change the counts: a reply that is only drained for its usage need be drained no further.
    /// </summary>
    public bool IsSettled => SawLastReport || _sawException;

    /// <param name="operation">The operation that was called.</param>
    /// <param name="dialect">The dialect of the reply: that of the request's facts, unless the body was translated on the way.</param>
    /// <param name="framing">The framing by the reply's Content-Type; <see cref="ReplyFramings.Of"/> tells it.</param>
    /// <param name="facts">The facts of the request that was sent, for estimates and for the lifetimes of cache writes.</param>
    /// <param name="contentEncoding">The reply's Content-Encoding, or null.</param>
    public static ReplyMeter Create(Operation operation, Dialect dialect, ReplyFraming framing, RequestFacts facts, string? contentEncoding = null) =>
        new(operation, dialect, framing, facts, Inflater.Of(contentEncoding));

    /// <summary>Takes the next bytes of the reply, as they are on the wire.</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (_inflater is null)
        {
            AppendPlain(chunk);
            return;
        }
        _inflater.Feed(chunk);
        while (_inflater.TryRead(out var bytes))
            AppendPlain(bytes);
    }

    private void AppendPlain(ReadOnlySpan<byte> chunk)
    {
        switch (_framing)
        {
            case ReplyFraming.ServerSentEvents:
                _events!.Append(chunk);
                break;
            case ReplyFraming.EventStream:
                while (_decoder!.TryRead(ref chunk, out var frame))
                    ReadFrame(frame);
                break;
            default:
                _scanner.Append(chunk);
                break;
        }
    }

    /// <summary>Says what the reply used, at its end or wherever it was cut off. Call it once; the meter takes nothing after it.</summary>
    /// <param name="header">The value of a reply header by its name in any case, or null.</param>
    public ReplyReading Finish(Func<string, string?> header)
    {
        _events?.Finish();
        if (_framing == ReplyFraming.Json)
            _fields.EndDocument();
        _isCorrupt |= _inflater is { IsBroken: true };
        if (IsUnreadable)
            return FinishUnread(header);
        _isCorrupt |= _decoder is { Error: not EventStreamError.None } || _events is { HasBroken: true }
            || (_framing == ReplyFraming.Json && _scanner.IsBroken && !MayBeAnything);

        var rejected = _fields.HasRejected;
        var headers = TokenCountHeaders.Read(header, ref rejected);
        // Converse tells everything in one event; other streams spread their counts over several, any of which may be lost.
        var resolution = new UsageResolution(_fields, headers, _facts, CountsAreFinal, hasGaps: _isCorrupt && !_sawMetadata);
        var billing = Billings.Of(_operation, _dialect);
        var usage = FailedBeforeAnyWork ? Usage.None : IsPending ? null : resolution.Resolve(billing);
        var tier = _fields.Tier ?? header("X-Amzn-Bedrock-Service-Tier");
        var isModelCall = billing is Billing.Tokens or Billing.InputTokens or Billing.Images;
        return new ReplyReading
        {
            Usage = usage,
            Guessed = FailedBeforeAnyWork ? GuessedCounts.None : resolution.Guessed,
            TextBytes = _fields.TextBytes,
            HasThought = _fields.HasThought || _fields[ReplyField.Reasoning] > 0,
            LeastOutput = resolution.LeastOutput,
            AnswerId = _fields.AnswerId,
            IsPending = IsPending,
            UnknownUse = resolution.UnknownUse,
            ServedModelIdentifier = _fields.RouterModel ?? _fields.Model,
            StopReason = _fields.StopReason,
            ResolvedTier = TierOf(tier),
            TierName = tier is { Length: > MaxWordLength } ? tier[..MaxWordLength] : tier,
            Error = _fields.Error,
            Ended = HasEnded,
            Corrupt = _isCorrupt,
            Suspect = rejected ? SuspectUsage.ImpossibleCount : resolution.Suspect,
            GuardrailUnreported = _facts.HasGuardrail && isModelCall && !FailedBeforeAnyWork && !_fields.HasGuardrailUnits,
        };
    }

    /// <summary>Gives the pooled buffers back.</summary>
    public void Dispose()
    {
        _inflater?.Dispose();
        _decoder?.Dispose();
        _chunk?.Dispose();
    }

    private bool IsUnreadable => _inflater is { IsUnreadable: true };

    /// <summary>Nothing but the headers of such a reply can be read; it is the caller's, whole and as it came.</summary>
    private ReplyReading FinishUnread(Func<string, string?> header)
    {
        var rejected = false;
        var counts = TokenCountHeaders.Read(header, ref rejected);
        var usage = Billings.Of(_operation, _dialect) == Billing.Free ? Usage.None
            : counts is { Input: not null, Output: not null } ? new UsageResolution(new ReplyFields(), counts, _facts, bodyIsFinal: false, hasGaps: true).Resolve(Billing.Tokens)
            : null;
        return new ReplyReading { Usage = usage, Ended = true, IsUnreadable = true, ResolvedTier = TierOf(header("X-Amzn-Bedrock-Service-Tier")) };
    }

    private static ServiceTier? TierOf(string? name) =>
        name is not { Length: > 0 } ? null : PriceNames.TryParseTier(name, out var tier) ? tier : ServiceTier.Unknown;

    /// <summary>The error is all there is: the same as an error status, only later on the wire.</summary>
    private bool FailedBeforeAnyWork => _fields.Error is not null && _fields.TextBytes == 0 && !_fields.HasCounts && _framing switch
    {
        ReplyFraming.EventStream => _frames == 0,
        // The error is itself an event.
        ReplyFraming.ServerSentEvents => _events!.Documents <= 1,
        _ => true,
    };

    /// <summary>
    /// A stored answer that goes on being made after this reply. A stream that breaks off takes its answer along, but for one that was asked for in
    /// the background.
    /// </summary>
    private bool IsPending => _fields.AnswerId is not null && !_fields.Has(ReplyField.Output)
        && (_framing == ReplyFraming.Json ? _fields.IsPending : _facts.Background && !_fields.SawLastEvent);

    /// <summary>The body of a path that nobody knows need not be JSON, nor be there at all.</summary>
    private bool MayBeAnything => _operation == Operation.Unknown;

    private bool SawLastReport => _framing switch
    {
        ReplyFraming.Json => _scanner.IsComplete,
        ReplyFraming.ServerSentEvents => _events!.IsDone || _fields.SawLastEvent || _fields.CountsAreFinal,
        _ when _operation == Operation.ConverseStream => _sawMetadata,
        // Bedrock puts its metrics into the last chunk, whatever the vendor's own events said before.
        _ => _fields.SawMetrics || _fields.SawLastEvent,
    };

    private bool HasEnded => _framing switch
    {
        ReplyFraming.Json => _scanner.IsComplete || MayBeAnything,
        ReplyFraming.ServerSentEvents => _events!.IsDone || _fields.SawLastEvent,
        // Both sides of a session may end it after any event.
        ReplyFraming.EventStream when _operation == Operation.InvokeModelWithBidirectionalStream => !_sawException && _decoder!.IsAtFrameBoundary,
        // Where the metrics are missing, the vendors' own last events must do; most have none but the one that says why the
        // model stopped.
        ReplyFraming.EventStream when _operation != Operation.ConverseStream && !SawLastReport => !_sawException && _dialect switch
        {
            Dialect.Anthropic => false,
            Dialect.Nova => _fields.CountsAreFinal,
            _ => _fields.StopReason is not null,
        },
        _ => SawLastReport && !_sawException,
    };

    private bool CountsAreFinal => SawLastReport || (_framing != ReplyFraming.Json && HasEnded && _fields.Has(ReplyField.Output));

    private void ReadFrame(in EventFrame frame)
    {
        if (frame.Error is not EventStreamError.None)
        {
            _isCorrupt = true;
            return;
        }
        if (!frame.ExceptionType.IsEmpty || !frame.ErrorCode.IsEmpty)
        {
            _sawException = true;
            _fields.SetError(frame.ExceptionType.IsEmpty ? frame.ErrorCode : frame.ExceptionType);
            return;
        }
        _frames++;
        var document = frame.Payload;
        if (frame.EventType.SequenceEqual("chunk"u8) && !_chunk!.TryDecode(frame.Payload, out document))
        {
            _isCorrupt = true;
            return;
        }
        _scanner.Restart();
        _scanner.Append(document);
        if (_scanner.IsComplete)
        {
            _fields.EndDocument();
            _sawMetadata |= frame.EventType.SequenceEqual("metadata"u8);
        }
        else
        {
            _isCorrupt = true;
            _fields.DropDocument();
        }
    }
}
