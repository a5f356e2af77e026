using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Simulator.Serving;

/// <summary>A JSON writer with its buffer, used again and again.</summary>
internal sealed class ReplyJson
{
    /// <summary>Bedrock sends text as it is, not as escapes; what is written here is right by construction and not checked again.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A buffer that one huge reply has grown isn't kept.
    private const int MaxKeptBytes = 256 * 1024;
    private const int MaxKept = 64;
    private static readonly System.Collections.Concurrent.ConcurrentBag<ReplyJson> Idle = [];

    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);

    private ReplyJson() => Writer = new Utf8JsonWriter(_buffer, Options);

    public Utf8JsonWriter Writer { get; }

    public static ReplyJson Rent() => Idle.TryTake(out var idle) ? idle : new ReplyJson();

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written
    {
        get
        {
            Writer.Flush();
            return _buffer.WrittenMemory;
        }
    }

    /// <summary>Ends a line of JSON lines.</summary>
    public void WriteLineBreak()
    {
        Writer.Flush();
        _buffer.Write("\n"u8);
    }

    public void Clear()
    {
        Writer.Reset();
        _buffer.ResetWrittenCount();
    }

    public void Return()
    {
        Clear();
        if (_buffer.Capacity <= MaxKeptBytes && Idle.Count < MaxKept)
            Idle.Add(this);
    }
}
