using System.Text;

namespace Sluice.Commands.Router;

/// <summary>What was trained, with its card beside it as <c>FILE.card.json</c> and <c>FILE.card.md</c>.</summary>
internal static class TrainedFile
{
    /// <param name="output">Gets the summary and what was written.</param>
    /// <param name="write">Writes what was trained.</param>
    /// <param name="summary">One line.</param>
    public static void Write(TextWriter output, string path, Action<Stream> write, string summary, byte[] json, string markdown)
    {
        using (var stream = File.Create(path))
            write(stream);
        File.WriteAllBytes(path + ".card.json", json);
        File.WriteAllText(path + ".card.md", markdown, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        output.WriteLine(summary);
        output.WriteLine($"Written: {path}, {path}.card.json, {path}.card.md");
    }
}
