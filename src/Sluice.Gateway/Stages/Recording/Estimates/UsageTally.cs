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

    /// <summary>The usual figure for English, for want of a better one.</summary>
    private const int BytesPerToken = 4;

    private readonly Lock _gate = new();
    private int _untilHalved = CallsUntilHalved;

    // Input that no marker covers: the guess and what was reported of it; of calls without markers, what a cache had of it without being asked.
    private long _guess, _tokens, _unmarked, _read, _written;

    // Marked prefixes that were not seen a moment before: the guess, and what the cache read and wrote of them.
    private long _newGuess, _newRead, _newWritten;

    // Replies with text, and all their output tokens.
    private long _replies, _output;

    // Of those that show all they wrote: the bytes of text, and the length of plain ones, with the output tokens of each.
    private long _textBytes, _textOutput, _plainBytes, _plainOutput;

    // Replies whose model thought, and the tokens that their text doesn't account for.
    private long _thoughts, _hidden;

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
            LearnOutput(reply, usage.Output);
            Calls++;
            if (--_untilHalved == 0)
                Halve();
        }
    }

    private void LearnOutput(in MeteredReply reply, long output)
    {
        var text = reply.Reading.TextBytes;
        if (text > 0)
        {
            _replies++;
            _output += output;
        }
        // Thinking that stays hidden is no part of the text, and a token of text has a byte at least.
        if (reply.Reading.HasThought || (text > 0 && output > text))
        {
            _thoughts++;
            _hidden += Math.Max(0, output - OfText(text));
            return;
        }
        if (text > 0)
        {
            _textBytes += text;
            _textOutput += output;
        }
        if (reply.PlainBytes >= output)
        {
            _plainBytes += reply.PlainBytes;
            _plainOutput += output;
        }
    }

    private long OfText(long bytes) => _textBytes > 0 ? Scale(bytes, _textOutput, _textBytes) : bytes / BytesPerToken;

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
                : _textBytes > 0 ? OfText(reply.Reading.TextBytes)
                : -1;
            if (reply.Reading.HasThought && _thoughts > 0)
                output = OfText(reply.Reading.TextBytes) + (_hidden / _thoughts);
            // What a model writes on for nobody is billed: as long a reply as usual, within the caller's limit.
            if (reply.CallerLeft && _replies > 0)
                output = Math.Max(output, Math.Min(_output / _replies, reply.Facts.MaxTokens ?? long.MaxValue));
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
        (_replies, _output, _thoughts, _hidden) = (_replies / 2, _output / 2, _thoughts / 2, _hidden / 2);
        (_textBytes, _textOutput, _plainBytes, _plainOutput) = (_textBytes / 2, _textOutput / 2, _plainBytes / 2, _plainOutput / 2);
    }
}
