using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sluice.Bedrock.Replies;

/// <summary>What has been read of a reply so far: the counts of its documents, merged, and a few short texts.</summary>
internal sealed class ReplyFields
{
    /// <summary>
    /// A count above this is taken for an error: ten times the largest context window that any model of the price book
    /// offers (Llama 4 Scout, 10 million tokens).
    /// </summary>
    public const long MaxCount = 100_000_000;

    private const int FirstSummed = (int)ReplyField.OutputImages;
    private const int Slots = (int)ReplyField.ItemTtl;
    private const long Absent = -1;
    private const string UnnamedError = "error";

    /// <summary>Longer than any name of a count or tool that vendors use.</summary>
    private const int MaxNameBytes = 64;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:"u8);

    private readonly long[] _document = new long[Slots];
    private readonly long[] _reply = new long[Slots];
    private bool _documentHasCounts;
    private readonly byte[] _countName = new byte[MaxNameBytes];
    private readonly byte[] _blockName = new byte[MaxNameBytes];
    private int _countNameLength;
    private int _blockNameLength;
    private BlockKind _block;
    private bool _itemIsHour;
    private bool _itemIsCompaction;
    private bool _eventIsError;
    private string? _eventCode;

    public ReplyFields()
    {
        Array.Fill(_document, Absent);
        Array.Fill(_reply, Absent);
    }

    /// <summary>UTF-8 bytes of text that the model wrote.</summary>
    public long TextBytes { get; private set; }

    /// <summary>A count was negative, absurd or no whole number, and was left out.</summary>
    public bool HasRejected { get; private set; }

    /// <summary>An output count came with or after the reason for stopping: no later document will change the counts.</summary>
    public bool CountsAreFinal { get; private set; }

    /// <summary>The event that ends a stream of its dialect was seen.</summary>
    public bool SawLastEvent { get; private set; }

    public bool SawMetrics => Has(ReplyField.MetricsInput) || Has(ReplyField.MetricsOutput);

    /// <summary>Some guardrail work was reported, be it of 0 units.</summary>
    public bool HasGuardrailUnits { get; private set; }

    /// <summary>Any document had a count of any kind.</summary>
    public bool HasCounts { get; private set; }

    /// <summary>A count that was not 0 and stands under a name that is not known; null where there is none.</summary>
    public string? UnknownCount { get; private set; }

    /// <summary>The kind of a block that says that AWS's side did something for the model, beside searching; null where there is none.</summary>
    public string? UnknownTool { get; private set; }

    /// <summary>The model thought before or between what it wrote.</summary>
    public bool HasThought { get; set; }

    /// <summary>The answer is not finished: it is made on the other side of this reply's end.</summary>
    public bool IsPending { get; private set; }

    public string? AnswerId { get; private set; }

    public string? Model { get; private set; }

    public string? RouterModel { get; private set; }

    public string? StopReason { get; private set; }

    public string? Tier { get; private set; }

    public string? Error { get; private set; }

    public bool Has(ReplyField field) => _reply[(int)field] != Absent;

    public long? this[ReplyField field] => _reply[(int)field] is var count and not Absent ? count : null;

    public void AddText(long bytes) => TextBytes += bytes;

    public void Reject() => HasRejected = true;

    public void CountItem(ReplyField field) => AddNumber(field, 1, isSummed: true);

    /// <summary>Notes the name that a count which is not known stands under.</summary>
    public void NoteName(ReadOnlySpan<byte> name) => _countNameLength = Keep(_countName, name);

    public void ReadNumber(ReplyField field, ReadOnlySpan<byte> digits, bool isSummed)
    {
        if (field == ReplyField.UnknownCount && digits.ContainsAnyInRange((byte)'1', (byte)'9'))
            UnknownCount ??= NameOf(_countName.AsSpan(0, _countNameLength));
        if (field >= ReplyField.ItemTtl)
            return;
        if (TryParseCount(digits, out var count))
            AddNumber(field, count, isSummed || (int)field >= FirstSummed && field < ReplyField.ItemTokens);
        else
            Reject();
    }

    public void ReadText(ReplyField field, ReadOnlySpan<byte> text)
    {
        switch (field)
        {
            case < ReplyField.ItemTtl:
                Reject();
                break;
            case ReplyField.ItemTtl:
                _itemIsHour = text.SequenceEqual("1h"u8);
                break;
            case ReplyField.ItemType:
                _itemIsCompaction = text.SequenceEqual("compaction"u8);
                break;
            case ReplyField.BlockType:
                _block = ToolBlocks.KindOf(text);
                if (_block != BlockKind.Plain && _blockNameLength == 0)
                    _blockNameLength = Keep(_blockName, text);
                HasThought |= _block == BlockKind.Thinking;
                break;
            case ReplyField.BlockName:
                _blockNameLength = Keep(_blockName, text);
                break;
            case ReplyField.AnswerId:
                AnswerId ??= Encoding.UTF8.GetString(text);
                break;
            case ReplyField.Model:
                Model ??= Encoding.UTF8.GetString(text);
                break;
            case ReplyField.RouterModel:
                RouterModel ??= Encoding.UTF8.GetString(text);
                break;
            case ReplyField.StopReason:
                StopReason = Keep(StopReason, text);
                break;
            case ReplyField.ResponseStatus:
                IsPending = text.SequenceEqual("in_progress"u8) || text.SequenceEqual("queued"u8);
                if (!IsPending)
                    StopReason = Keep(StopReason, text);
                break;
            case ReplyField.Tier:
                Tier = Keep(Tier, text);
                break;
            case ReplyField.EventType:
                ReadEventType(text);
                break;
            case ReplyField.ErrorType:
                Error = Keep(Error, text);
                break;
            case ReplyField.ErrorCode:
                if (Error is null or UnnamedError)
                    Error = Encoding.UTF8.GetString(text);
                break;
            case ReplyField.ErrorText:
                Error ??= UnnamedError;
                break;
            case ReplyField.EventCode:
                _eventCode = Keep(_eventCode, text);
                break;
        }
    }

    /// <summary>An error that the framing told of, not the JSON.</summary>
    public void SetError(ReadOnlySpan<byte> name) => Error ??= Encoding.UTF8.GetString(name);

    /// <summary>Ends a block of the answer, or an item of <c>cacheDetails</c> or of Anthropic's <c>iterations</c>.</summary>
    public void EndItem()
    {
        EndBlock();
        Move(ReplyField.ItemTokens, _itemIsHour ? ReplyField.CacheWrite1h : ReplyField.CacheWrite5m, true);
        Move(ReplyField.ItemInput, ReplyField.CompactionInput, _itemIsCompaction);
        Move(ReplyField.ItemOutput, ReplyField.CompactionOutput, _itemIsCompaction);
        Move(ReplyField.ItemCacheRead, ReplyField.CompactionCacheRead, _itemIsCompaction);
        Move(ReplyField.ItemCacheWrite, ReplyField.CompactionCacheWrite, _itemIsCompaction);
        _itemIsHour = _itemIsCompaction = false;
    }

    /// <summary>A block may tell its name before its kind, so that only its end tells what it was.</summary>
    private void EndBlock()
    {
        var kind = _block;
        ReadOnlySpan<byte> name = _blockName.AsSpan(0, _blockNameLength);
        (_block, _blockNameLength) = (BlockKind.Plain, 0);
        if (kind == BlockKind.ServerTool)
            kind = ToolBlocks.KindOfTool(name);
        switch (kind)
        {
            case BlockKind.Search:
                AddNumber(ReplyField.SearchBlocks, 1, isSummed: true);
                break;
            case BlockKind.UncountedSearch:
                AddNumber(ReplyField.SearchCalls, 1, isSummed: true);
                break;
            case BlockKind.OtherTool:
                AddNumber(ReplyField.ToolBlocks, 1, isSummed: true);
                UnknownTool ??= NameOf(name);
                break;
        }
    }

    /// <summary>Merges what the document said into the reply.</summary>
    public void EndDocument()
    {
        if (_eventIsError)
            Error ??= _eventCode ?? UnnamedError;
        _eventIsError = false;
        if (!_documentHasCounts)
            return;

        HasCounts = true;
        CountsAreFinal |= StopReason is not null && _document[(int)ReplyField.Output] != Absent;
        for (var i = 0; i < Slots; i++)
        {
            if (_document[i] == Absent)
                continue;
            _reply[i] = i >= FirstSummed ? Cap(Math.Max(0, _reply[i]) + _document[i]) : Math.Max(_reply[i], _document[i]);
            _document[i] = Absent;
            HasGuardrailUnits |= (ReplyField)i is >= ReplyField.GuardrailContent and <= ReplyField.GuardrailImage;
        }
        _documentHasCounts = false;
    }

    /// <summary>Forgets the counts of a document that turned out not to be whole.</summary>
    public void DropDocument()
    {
        Array.Fill(_document, Absent);
        _documentHasCounts = _eventIsError = false;
    }

    private void AddNumber(ReplyField field, long count, bool isSummed)
    {
        _documentHasCounts = true;
        ref var slot = ref _document[(int)field];
        slot = isSummed ? Cap(Math.Max(0, slot) + count) : count;
    }

    private void Move(ReplyField item, ReplyField target, bool counts)
    {
        ref var slot = ref _document[(int)item];
        if (counts && slot != Absent)
            AddNumber(target, slot, isSummed: true);
        slot = Absent;
    }

    private long Cap(long sum)
    {
        if (sum <= MaxCount)
            return sum;
        Reject();
        return MaxCount;
    }

    private void ReadEventType(ReadOnlySpan<byte> type)
    {
        SawLastEvent |= type.SequenceEqual("message_stop"u8) || type.SequenceEqual("response.completed"u8)
            || type.SequenceEqual("response.incomplete"u8) || type.SequenceEqual("response.failed"u8);
        _eventIsError |= type.SequenceEqual("error"u8);
    }

    // A stream repeats the same few words; only a new one costs a string.
    private static string Keep(string? current, ReadOnlySpan<byte> text) =>
        current is not null && Ascii.Equals(text, current) ? current : Encoding.UTF8.GetString(text);

    private static int Keep(Span<byte> place, ReadOnlySpan<byte> text)
    {
        var length = Math.Min(place.Length, text.Length);
        text[..length].CopyTo(place);
        return length;
    }

    /// <summary>A name goes to the ledger and its readers' terminals; anything but a plain identifier is left out.</summary>
    private static string NameOf(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name.IndexOfAnyExcept(NameBytes) < 0 ? Encoding.ASCII.GetString(name) : "unnamed";

    private static bool TryParseCount(ReadOnlySpan<byte> digits, out long count)
    {
        if (Utf8Parser.TryParse(digits, out count, out var used) && used == digits.Length)
            return count is >= 0 and <= MaxCount;
        // Some encoders write whole numbers as 12.0 or 1.2E1.
        if (Utf8Parser.TryParse(digits, out decimal number, out used) && used == digits.Length
            && number is >= 0 and <= MaxCount && number == decimal.Truncate(number))
        {
            count = (long)number;
            return true;
        }
        count = 0;
        return false;
    }
}
