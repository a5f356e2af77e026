using System.Text;
using Sluice.Core;

namespace Sluice.Output;

/// <summary>Messages to a terminal repeat what files, arguments and servers said, none of which may steer it.</summary>
/// <param name="terminal">What is written to it without a line's end, such as a meter of progress, is Sluice's own.</param>
internal sealed class PlainLines(TextWriter terminal) : TextWriter
{
    public override Encoding Encoding => terminal.Encoding;

    public override void Write(char value) => terminal.Write(value);

    public override void Write(string? value) => terminal.Write(value);

    public override void WriteLine(string? value) => terminal.WriteLine(value is null ? null : PlainText.OfLines(value));

    public override void Flush() => terminal.Flush();
}
