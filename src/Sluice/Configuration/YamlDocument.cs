using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Sluice.Configuration;

/// <summary>
/// The one document of a configuration file. Size, depth and aliases are bounded before a tree is built, because building
/// and reading it is recursive: a stack that overflows ends the process, and no one can catch that.
/// </summary>
internal static class YamlDocument
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The deepest setting that there is lies at 7.</summary>
    private const int MaxDepth = 32;

    /// <summary>Values and names in all, aliases counted as what they stand for.</summary>
    private const int MaxNodes = 100_000;

    /// <param name="file">Its path.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="ConfigurationException">The file can't be read, or is larger than any configuration.</exception>
    public static string ReadText(string file, string option = "--config")
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
                throw Mistake(file, 1, 1, $"The file is larger than 1 MB, which no configuration is. Name the right one with {option}.");
            using var reader = new StreamReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Mistake(file, 1, 1, $"The file can't be read: {e.Message} Name a readable one with {option}.");
        }
    }

    /// <summary>The settings, or null for a document without any.</summary>
    /// <exception cref="ConfigurationException">It is not one mapping in valid YAML, or exceeds a bound.</exception>
    public static YamlMappingNode? Read(string text, string file)
    {
        try
        {
            Measure(text, file);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                [] => null,
                [{ RootNode: YamlMappingNode { Children.Count: 0 } }] or [{ RootNode: YamlScalarNode { Value: null or "" or "~" or "null" } }] => null,
                [{ RootNode: YamlMappingNode root }] => root,
                [var document] => throw Mistake(file, document.RootNode.Start.Line, 1, "The file must be a mapping of settings, such as 'upstream: aws'."),
                [_, var second, ..] => throw Mistake(file, second.RootNode.Start.Line, 1, "A second document begins here; a configuration is one. Remove the line '---' or what follows it."),
            };
        }
        catch (YamlException e)
        {
            throw Mistake(file, e.Start.Line, e.Start.Column, $"This is not valid YAML: {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser's own faults on odd input.
            throw Mistake(file, 1, 1, $"This is not valid YAML: {e.Message}");
        }
    }

    /// <summary>Follows the parser's events, which come without recursion, and adds up what the tree would hold.</summary>
    private static void Measure(string text, string file)
    {
        var parser = new Parser(new StringReader(text));
        var open = new Stack<Branch>();
        var anchored = new Dictionary<AnchorName, (int Height, int Nodes)>();
        var nodes = 0;
        while (parser.MoveNext())
        {
            var height = 0;
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    nodes++;
                    open.Push(new Branch(((NodeEvent)parser.Current).Anchor, nodes));
                    break;
                case MappingEnd or SequenceEnd:
                    var closed = open.Pop();
                    height = closed.Height + 1;
                    if (!closed.Anchor.IsEmpty)
                        anchored[closed.Anchor] = (height, nodes - closed.FirstNode + 1);
                    break;
                case Scalar scalar:
                    nodes++;
                    if (!scalar.Anchor.IsEmpty)
                        anchored[scalar.Anchor] = (0, 1);
                    break;
                case AnchorAlias alias:
                    if (!anchored.TryGetValue(alias.Value, out var target))
                        throw Mistake(file, alias.Start.Line, alias.Start.Column, $"*{alias.Value} stands for nothing that is complete before it.");
                    nodes += target.Nodes;
                    height = target.Height;
                    break;
                default:
                    continue;
            }
            if (open.TryPeek(out var around))
                around.Height = Math.Max(around.Height, height);
            var at = parser.Current.Start;
            if (open.Count + height > MaxDepth)
                throw Mistake(file, at.Line, at.Column, $"Settings are nested more than {MaxDepth} levels deep here, which none is.");
            if (nodes > MaxNodes)
                throw Mistake(file, at.Line, at.Column, $"The file has more than {MaxNodes} values up to here, which no configuration has.");
        }
    }

    private static ConfigurationException Mistake(string file, long line, long column, string message) => new([new ConfigurationError(file, line, column, message)]);

    private sealed class Branch(AnchorName anchor, int firstNode)
    {
        public AnchorName Anchor => anchor;

        public int FirstNode => firstNode;

        public int Height { get; set; }
    }
}
