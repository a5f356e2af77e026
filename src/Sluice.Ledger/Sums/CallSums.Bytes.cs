using System.Buffers;
using System.Text;
using Sluice.Core.Metering;

namespace Sluice.Ledger.Sums;

/// <summary>
/// The form in which sums stand in the database: whole numbers of seven bits a byte, in the order written here. What is the same for all
/// calls of a group (their end and what is in doubt) stands with the group. The same sums have the same bytes.
/// </summary>
public sealed partial class CallSums
{
    internal byte[] ToBytes()
    {
        var to = new SumWriter();
        to.Write(Calls);
        to.Write(ControlCalls);
        to.Write(HeldBackCalls);
        to.Write(UnknownBaselineCalls);
        to.Write(_cost);
        to.Write(_baseline);
        to.Write(_baselineCost);
        to.Write(_kinds.Count);
        foreach (var (kind, tally) in _kinds.OrderBy(k => k.Key))
        {
            to.Write((int)kind);
            to.Write(tally.QuantityMilli);
            to.Write(tally.Cost);
        }
        to.Write(_levers.Count);
        foreach (var (lever, tally) in _levers.OrderBy(l => l.Key, StringComparer.Ordinal))
            Write(to, lever, tally);
        Write(to, Duration);
        Write(to, Ttft);
        return to.ToArray();
    }

    /// <summary>Adds what <see cref="ToBytes"/> made of a group's calls.</summary>
    internal void Add(ReadOnlySpan<byte> bytes, CallDoubt doubt, CallEnd end)
    {
        var from = new SumReader(bytes);
        var calls = from.Number();
        ControlCalls += from.Number();
        HeldBackCalls += from.Number();
        UnknownBaselineCalls += from.Number();
        AddCalls(calls, from.Money(), doubt, end);
        _baseline.Add(from.Money());
        _baselineCost.Add(from.Money());
        for (var left = from.Number(); left > 0; left--)
        {
            var kind = (UsageKind)from.Number();
            var quantity = from.Number();
            Kind(kind).Add(quantity, from.Money(), doubt);
        }
        for (var left = from.Number(); left > 0; left--)
            ReadLever(ref from);
        Read(ref from, Duration);
        Read(ref from, Ttft);
    }

    private static void Write(SumWriter to, string lever, in LeverTally tally)
    {
        to.Write(lever);
        to.Write(tally.Calls);
        to.Write(tally.UnknownCalls);
        to.Write(tally.Saving);
        to.Write(tally.Estimated);
        to.Write(tally.ShadowCalls);
        to.Write(tally.ShadowSaving);
    }

    private void ReadLever(ref SumReader from)
    {
        ref var lever = ref Lever(from.Text());
        lever.Add(new LeverTally
        {
            Calls = from.Number(),
            UnknownCalls = from.Number(),
            Saving = from.Money(),
            Estimated = from.Money(),
            ShadowCalls = from.Number(),
            ShadowSaving = from.Money(),
        });
    }

    private static void Write(SumWriter to, LatencyHistogram histogram)
    {
        to.Write(histogram.BucketCount);
        var last = 0;
        foreach (var (bucket, count) in histogram.Buckets)
        {
            to.Write(bucket - last);
            to.Write(count);
            last = bucket;
        }
    }

    private static void Read(ref SumReader from, LatencyHistogram histogram)
    {
        var bucket = 0;
        for (var left = from.Number(); left > 0; left--)
        {
            bucket += (int)from.Number();
            histogram.Add(bucket, from.Number());
        }
    }
}

/// <summary>Writes whole numbers of either sign, small ones in one byte.</summary>
internal sealed class SumWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public void Write(long number)
    {
        // The sign goes last, so that small numbers of either sign are short.
        var rest = unchecked((ulong)((number << 1) ^ (number >> 63)));
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
            span[length++] = (byte)((rest & 0x7F) | 0x80);
        span[length++] = (byte)rest;
        _bytes.Advance(length);
    }

    public void Write(in MoneySum money)
    {
        Write(money.MilliUsd);
        Write(money.RestPicoUsd);
    }

    public void Write(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Write(bytes.Length);
        _bytes.Write(bytes);
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}

/// <summary>Reads what <see cref="SumWriter"/> wrote.</summary>
internal ref struct SumReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public long Number()
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = _rest[0];
            _rest = _rest[1..];
            number |= (next & 0x7FUL) << shift;
            if (next < 0x80)
                return unchecked((long)(number >> 1) ^ -(long)(number & 1));
        }
    }

    public MoneySum Money() => new() { MilliUsd = Number(), RestPicoUsd = Number() };

    public string Text()
    {
        var length = (int)Number();
        var text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }
}
