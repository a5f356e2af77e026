using Sluice.Bedrock.Requests;
using Sluice.Core.Metering;

namespace Sluice.Gateway.Stages.Recording.Estimates;

/// <summary>
/// Sums of what a model's calls were guessed and reported to use, whose quotients correct the guesses of calls that reported nothing. All whole
/// numbers. Older calls fade: from time to time everything is halved.
/// </summary>
internal sealed class UsageTally
{
    private const int CallsUntilHalved = 2_000;

    private readonly Lock _gate = new();
    private int _untilHalved = CallsUntilHalved;

    // Input that no marker covers: the guess and what was reported of it; of calls without markers, what a cache had of it without being asked.
    private long _guess, _tokens, _unmarked, _read, _written;

    // Marked prefixes that were not seen a moment before: the guess, and what the cache read and wrote of them.
    private long _newGuess, _newRead, _newWritten;

    // Replies with text, its bytes, and the length of plain ones, with the output tokens of each.
    private long _replies, _textBytes, _textOutput, _plainBytes, _plainOutput;

    public int Calls { get; private set; }

    public void Learn(in MeteredReply reply, Usage usage, bool isNewPrefix)
    {
        lock (_gate)
        {
            var cached = usage.ContextTokens - usage.Input;
            var marked = reply.MarkedGuess;
            if (isNewPrefix)
            {
                _newGuess += marked;
                _newRead += usage.CacheRead;
                _newWritten += cached - usage.CacheRead;
            }
            // A prefix that is too short for the cache is input like any other.
            var isCachedByMarker = reply.IsMarked && cached > 0;
            _guess += reply.Facts.EstimatedInputTokens - (isCachedByMarker ? marked : 0);
            _tokens += isCachedByMarker ? usage.Input : usage.ContextTokens;
            if (!reply.IsMarked)
            {
                _unmarked += usage.ContextTokens;
                _read += usage.CacheRead;
                _written += cached - usage.CacheRead;
            }
            if (reply.Reading.TextBytes > 0)
            {
                _replies++;
                _textBytes += reply.Reading.TextBytes;
                _textOutput += usage.Output;
            }
            if (reply.PlainBytes > 0)
            {
                _plainBytes += reply.PlainBytes;
                _plainOutput += usage.Output;
            }
            Calls++;
            if (--_untilHalved == 0)
                Halve();
        }
    }

    /// <param name="reply">The call.</param>
    /// <param name="usage">Its usage with a guessed input.</param>
    /// <param name="cached">What the cache had of its marked prefix a moment before; null where that is not known.</param>
    /// <returns>The usage with a better input, and what that rests on.</returns>
    public (Usage Usage, string By) EstimateInput(in MeteredReply reply, Usage usage, long? cached)
    {
        lock (_gate)
        {
            var (guess, marked) = (reply.Facts.EstimatedInputTokens, reply.MarkedGuess);
            var by = _guess > 0 ? "calls" : "bytes";
            if (!reply.IsMarked)
            {
                var all = Scale(guess, _tokens, _guess);
                var (read, written) = (Part(all, _read), Part(all, _written));
                return (With(usage, reply, all - read - written, read, written), by);
            }
            if (cached is { } known)
                return (With(usage, reply, Scale(known > 0 ? guess - marked : guess, _tokens, _guess), known, 0), "prefix");
            // A prefix that was never seen is written, unless earlier new ones say otherwise.
            var newRead = _newGuess > 0 ? Scale(marked, _newRead, _newGuess) : 0;
            var newWritten = _newGuess > 0 ? Scale(marked, _newWritten, _newGuess) : Scale(marked, _tokens, _guess);
            return (With(usage, reply, Scale(newRead + newWritten > 0 ? guess - marked : guess, _tokens, _guess), newRead, newWritten), by);
        }
    }

    /// <returns>The usage with a better output, and what that rests on.</returns>
    public (Usage Usage, string By) EstimateOutput(in MeteredReply reply, Usage usage)
    {
        lock (_gate)
        {
            // A plain reply is sent when all of it has been written, however much of it arrives.
            var output = reply.PlainBytes > 0 && _plainBytes > 0 ? Scale(reply.PlainBytes, _plainOutput, _plainBytes)
                : _textBytes > 0 ? Scale(reply.Reading.TextBytes, _textOutput, _textBytes)
                : -1;
            // What a model writes on for nobody is billed: as long a reply as usual, within the caller's limit.
            if (reply.CallerLeft && _replies > 0)
                output = Math.Max(output, Math.Min(_textOutput / _replies, reply.Facts.MaxTokens ?? long.MaxValue));
            return output < 0 ? (usage, "bytes") : (usage with { Output = Math.Max(output, reply.Reading.LeastOutput) }, "calls");
        }
    }

    private static Usage With(Usage usage, in MeteredReply reply, long input, long read, long written)
    {
        var isHour = reply.Facts.CacheLifetimes.HasFlag(CacheLifetimes.OneHour);
        return usage with { Input = input, CacheRead = read, CacheWrite5m = isHour ? 0 : written, CacheWrite1h = isHour ? written : 0 };
    }

    private long Part(long all, long part) => _unmarked > 0 ? Scale(all, part, _unmarked) : 0;

    /// <summary>The count times a quotient, rounded; the count itself where nothing is known.</summary>
    private static long Scale(long count, long part, long whole) => whole == 0 ? count : (long)((((Int128)count * part) + (whole / 2)) / whole);

    private void Halve()
    {
        _untilHalved = CallsUntilHalved / 2;
        (_guess, _tokens, _unmarked, _read, _written) = (_guess / 2, _tokens / 2, _unmarked / 2, _read / 2, _written / 2);
        (_newGuess, _newRead, _newWritten) = (_newGuess / 2, _newRead / 2, _newWritten / 2);
        (_replies, _textBytes, _textOutput, _plainBytes, _plainOutput) = (_replies / 2, _textBytes / 2, _textOutput / 2, _plainBytes / 2, _plainOutput / 2);
    }
}
