namespace Sluice.Gateway.Levers.Trimming.Parts;

/// <summary>What stands between the tags that the owner names as those of data, outside of fenced code.</summary>
internal static class MarkedSpans
{
    /// <summary>Tags without end cost no more than reading a text a few times.</summary>
    private const int MaxSpans = 256;

    /// <summary>The stretches in order and apart from each other; of tags within tags, the outer ones.</summary>
    public static List<(int Start, int End)> In(string text, IReadOnlyCollection<string> names)
    {
        var spans = new List<(int Start, int End)>();
        foreach (var name in names)
        {
            var opening = "<" + name;
            var closing = $"</{name}>";
            for (var at = text.IndexOf(opening, StringComparison.Ordinal); at >= 0 && spans.Count < MaxSpans; at = text.IndexOf(opening, at, StringComparison.Ordinal))
            {
                at += opening.Length;
                if (at >= text.Length || (text[at] != '>' && !char.IsWhiteSpace(text[at])))
                    continue;
                var start = text.IndexOf('>', at) + 1;
                var end = start == 0 ? -1 : text.IndexOf(closing, start, StringComparison.Ordinal);
                if (end < 0)
                    break;
                spans.Add((start, end));
                at = end;
            }
        }
        if (spans.Count == 0)
            return spans;
        var free = Fences.Outside(text);
        spans.Sort();
        var last = 0;
        spans.RemoveAll(span =>
        {
            var isInside = span.Start < last || !free.Exists(f => f.Start <= span.Start && span.End <= f.End);
            last = isInside ? last : span.End;
            return isInside;
        });
        return spans;
    }
}
