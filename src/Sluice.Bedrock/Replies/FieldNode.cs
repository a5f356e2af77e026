using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Replies;

/// <summary>
/// A place in a reply's JSON, reached from the root by names. Because the way is fixed from the root, nothing that a model
/// writes, such as the arguments of a tool call, can pass for usage.
/// </summary>
internal sealed class FieldNode
{
    /// <summary>Any number here or below it counts something that Sluice has no name for.</summary>
    private static readonly FieldNode UnknownCounts = MakeUnknown();

    private readonly Utf8Table<FieldNode> _children = new();
    private FieldNode? _any;
    private FieldNode? _item;

    public ReplyField Field { get; private set; }

    /// <summary>The strings here and below are text that the model wrote.</summary>
    public bool IsText { get; private set; }

    /// <summary>This is an array whose items are counted into <see cref="Field"/>.</summary>
    public bool IsCounted { get; private set; }

    /// <summary>The items of an array add up to <see cref="Field"/>.</summary>
    public bool IsSummed { get; private set; }

    /// <summary>The object here ends an item of <see cref="ReplyFields"/>.</summary>
    public bool EndsItem { get; private set; }

    /// <summary>Only a number can stand here.</summary>
    public bool IsNumber => Field is > ReplyField.None and < ReplyField.ItemTtl && !IsCounted;

    /// <summary>More than a plain value may stand here.</summary>
    public bool HasPlaces => IsText || IsCounted || _item is not null || _any is not null || !_children.IsEmpty;

    public FieldNode? Item => IsText ? this : _item;

    public FieldNode? Child(ReadOnlySpan<byte> name) =>
        _children.TryGet(name, out var child) ? child : IsText ? this : _any;

    /// <summary>
    /// Puts a field at a path such as <c>usage.cacheDetails[].ttl</c>; <c>[]</c> steps into an array's items, <c>*</c> stands
    /// for any name.
    /// </summary>
    public FieldNode Add(string path, ReplyField field)
    {
        var node = Reach(path);
        node.Field = field;
        return node;
    }

    /// <summary>Like <see cref="Add"/>, for a place that occurs once for each item of an array.</summary>
    public void AddSummed(string path, ReplyField field) => Add(path, field).IsSummed = true;

    /// <summary>Counts the items of the array at the path.</summary>
    public void AddCounted(string path, ReplyField field) => Add(path, field).IsCounted = true;

    /// <summary>
    /// The object at the path reports usage: every number in it that has no place of its own is noted as a count that is not known, but for the
    /// names that are known to carry no fee. Call it when all places below are there.
    /// </summary>
    public void AddReport(string path, params ReadOnlySpan<string> withoutFee)
    {
        var report = Reach(path);
        report.NoteUnknown(withoutFee);
    }

    private void NoteUnknown(ReadOnlySpan<string> withoutFee)
    {
        foreach (var child in _children.Values)
        {
            if (child.HasPlaces)
                child.NoteUnknown(withoutFee);
        }
        if (_item is { HasPlaces: true } item && item != UnknownCounts)
            item.NoteUnknown(withoutFee);
        if (_children.IsEmpty && _item is not null)
            return;
        foreach (var name in withoutFee)
            ReachChild(name);
        _any ??= UnknownCounts;
    }

    private static FieldNode MakeUnknown()
    {
        var node = new FieldNode { Field = ReplyField.UnknownCount };
        node._any = node._item = node;
        return node;
    }

    public void AddItem(string path) => Reach(path).EndsItem = true;

    public void AddTexts(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            Reach(path).IsText = true;
    }

    /// <summary>Keeps places out of what a wildcard takes for text.</summary>
    public void Ignore(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            Reach(path);
    }

    private FieldNode Reach(string path)
    {
        var node = this;
        foreach (var part in path.Split('.'))
        {
            var name = part.TrimEnd('[', ']');
            node = name == "*" ? node._any ??= new FieldNode() : node.ReachChild(name);
            if (part.EndsWith(']'))
                node = node._item ??= new FieldNode();
        }
        return node;
    }

    private FieldNode ReachChild(string name)
    {
        if (_children.TryGet(System.Text.Encoding.UTF8.GetBytes(name), out var child))
            return child;
        child = new FieldNode();
        _children.Set(name, child);
        return child;
    }
}
