using System.Text.Unicode;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// Where the parts of a prompt stand in a request's body, so that a lever can change one of them and leave every other byte
/// as it is. It holds pooled arrays and no byte of the prompt; it is of no use once it is disposed.
/// </summary>
public sealed class PromptOutline : IDisposable
{
    private readonly ByteRange[] _parameters = new ByteRange[(int)PromptParameter.OutputFormat + 1];
    private PooledList<PromptBlock> _blocks = new();
    private PooledList<PromptMessage> _messages = new();
    private PooledList<PromptText> _texts = new();

    private PromptOutline(Dialect dialect, bool isSupported) => (Dialect, IsSupported) = (dialect, isSupported);

    public Dialect Dialect { get; }

    /// <summary>The dialect is one that can be outlined; the outline of another is empty.</summary>
    public bool IsSupported { get; }

    /// <summary>
    /// All was read and nothing was in doubt. A body that is cut, broken, not what its dialect asks for, or in which a name
    /// that matters is repeated is not, and its outline is empty: levers leave it alone, its upstream says what is wrong with it.
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>The blocks in the order in which Bedrock caches: tools, system, messages.</summary>
    public ReadOnlySpan<PromptBlock> Blocks => _blocks.Items;

    /// <summary>The messages in the order of the body.</summary>
    public ReadOnlySpan<PromptMessage> Messages => _messages.Items;

    /// <summary>Every text that the prompt's blocks have at a known place, in the order of the blocks.</summary>
    public ReadOnlySpan<PromptText> Texts => _texts.Items;

    /// <summary>The cache points that the caller placed, one for the whole request included.</summary>
    public int CallerPoints { get; private set; }

    public bool HasImages { get; private set; }

    /// <summary>The body asks for a guardrail; InvokeModel may also do so in a header.</summary>
    public bool HasGuardrail { get; private set; }

    /// <summary>The limit that the caller set: the larger where two names disagree, null for none or one that is no whole number.</summary>
    public long? MaxTokens { get; private set; }

    /// <summary>The caller's temperature, null for none.</summary>
    public double? Temperature { get; private set; }

    /// <summary>The most tokens that the model may think, which its limit has to exceed; null for none.</summary>
    public long? ThinkingBudget { get; private set; }

    /// <summary>The body's root object.</summary>
    public ObjectPlace Root { get; private set; }

    /// <summary>The object that has the parameters: the root, or <c>inferenceConfig</c>.</summary>
    public ObjectPlace ParameterObject { get; private set; }

    /// <summary>The arrays, or the string, that the blocks of each section stand in; none where a section is absent.</summary>
    internal ByteRange ToolsJson { get; private set; }

    internal ByteRange SystemJson { get; private set; }

    internal ByteRange MessagesJson { get; private set; }

    /// <summary>A null in the place of the system.</summary>
    internal ByteRange SystemNull { get; private set; }

    /// <summary>A null in the place of the object that has the parameters.</summary>
    internal ByteRange ParameterNull { get; private set; }

    /// <summary>The value of a parameter, a JSON null included; none where the body does not have it.</summary>
    public ByteRange Parameter(PromptParameter parameter) => _parameters[(int)parameter];

    /// <summary>Reads a body. No input makes it throw.</summary>
    /// <param name="dialect">What the request's operation and model say (<see cref="RequestFacts.Dialect"/>).</param>
    /// <param name="body">The whole body.</param>
    public static PromptOutline Read(Dialect dialect, ReadOnlySpan<byte> body)
    {
        var isSupported = dialect is Dialect.Converse or Dialect.Anthropic or Dialect.Nova or Dialect.OpenAi;
        var outline = new PromptOutline(dialect, isSupported);
        if (!isSupported || !Utf8.IsValid(body))
            return outline;
        var reader = new OutlineReader(body, dialect, outline._parameters);
        if (reader.TryReadAll())
            outline.Take(ref reader);
        else
            Array.Clear(outline._parameters);
        reader.Return();
        return outline;
    }

    public void Dispose()
    {
        _blocks.Return();
        _messages.Return();
        _texts.Return();
    }

    private void Take(ref OutlineReader reader)
    {
        IsComplete = true;
        reader.SortInto(ref _blocks, ref _messages, ref _texts);
        CallerPoints = reader.CallerPoints;
        HasImages = reader.HasImages;
        HasGuardrail = reader.HasGuardrail;
        MaxTokens = reader.MaxTokens;
        Temperature = reader.Temperature;
        ThinkingBudget = reader.ThinkingBudget;
        (ToolsJson, SystemJson, MessagesJson) = (reader.ToolsJson, reader.SystemJson, reader.MessagesJson);
        SystemNull = reader.SystemNull;
        Root = reader.Root;
        ParameterObject = reader.ParameterObject;
        ParameterNull = reader.ParameterNull;
    }
}
