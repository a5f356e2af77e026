using System.Globalization;
using Sluice.Core;
using YamlDotNet.RepresentationModel;

namespace Sluice.Configuration;

/// <summary>
/// A mapping of the file, read by name. Whatever does not fit is noted with its place and left at its default, so that one
/// reading finds every mistake.
/// </summary>
internal sealed class YamlSection(YamlMappingNode node, string prefix, string file, List<ConfigurationError> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Where the section stands, such as <c>sluice.yaml:31</c>.</summary>
    public string Place => $"{Path.GetFileName(file)}:{node.Start.Line}";

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether the name has a mapping of its own rather than a single value.</summary>
    public bool IsSection(string name) => Find(name) is YamlMappingNode;

    public string? Text(string name)
    {
        switch (Find(name))
        {
            case null: return null;
            case YamlScalarNode scalar: return scalar.Value ?? "";
            case var other:
                Report(other, name, "must be a single value");
                return null;
        }
    }

    public T? Parse<T>(string name, Func<string, T?> parse, string expected) where T : struct
    {
        if (Text(name) is not { } text)
            return null;
        if (parse(text) is { } value)
            return value;
        Report(Find(name)!, name, $"is '{PlainText.Of(text)}'; it must be {expected}");
        return null;
    }

    public int? Integer(string name, int least, int most) => Parse<int>(
        name,
        t => int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var v) && v >= least && v <= most ? v : null,
        $"a whole number from {least} to {most}");

    public double? Number(string name, double least, double most) => Parse<double>(
        name,
        t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && v >= least && v <= most ? v : null,
        $"a number from {least} to {most}");

    public decimal? Decimal(string name, decimal least, decimal most) => Parse<decimal>(
        name,
        t => decimal.TryParse(t, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var v) && v >= least && v <= most ? v : null,
        $"a number from {least} to {most}");

    public bool? Flag(string name) => Parse<bool>(
        name, t => t switch { "true" or "yes" or "on" => true, "false" or "no" or "off" => false, _ => null }, "true or false");

    public DateOnly? Date(string name) => Parse<DateOnly>(
        name, t => DateOnly.TryParseExact(t, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var v) ? v : null, "a date such as 2026-11-21");

    public TimeSpan? Duration(string name, TimeSpan least, TimeSpan most) => Parse<TimeSpan>(
        name,
        t => SettingText.Duration(t) is { } v && v >= least && v <= most ? v : null,
        $"a duration such as 500ms, 30s, 15m or 2h, from {SettingText.Of(least)} to {SettingText.Of(most)}");

    public long? Bytes(string name, long least, long most) => Parse<long>(
        name,
        t => SettingText.Bytes(t) is { } v && v >= least && v <= most ? v : null,
        $"a size such as 512KB, 32MB or 1GB, from {SettingText.Of(least)} to {SettingText.Of(most)}");

    /// <summary>The path of a file or directory; whether there is one is for whoever opens it.</summary>
    public string? FilePath(string name)
    {
        if (Text(name) is not { } path)
            return null;
        if (!string.IsNullOrWhiteSpace(path) && !path.Contains('\0', StringComparison.Ordinal))
            return path;
        Report(name, "is empty or holds a zero byte; it must be the path of a file or directory");
        return null;
    }

    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices) where T : struct => Parse<T>(
        name, t => choices.TryGetValue(t, out var v) ? v : null, "one of " + string.Join(", ", choices.Keys));

    public Uri? Address(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            return uri;
        Report(Find(name)!, name, $"is '{PlainText.Of(text)}'; it must be a URL such as https://host:port");
        return null;
    }

    public YamlSection? Section(string name)
    {
        switch (Find(name))
        {
            case null: return null;
            case YamlMappingNode mapping: return new YamlSection(mapping, Join(name), file, errors);
            case YamlScalarNode { Value: null or "" }: return null;
            case var other:
                Report(other, name, "must be a mapping of names to values");
                return null;
        }
    }

    public IEnumerable<YamlSection> Sections(string name)
    {
        switch (Find(name))
        {
            case null:
                yield break;
            case YamlSequenceNode sequence:
                for (var i = 0; i < sequence.Children.Count; i++)
                {
                    if (sequence.Children[i] is YamlMappingNode mapping)
                        yield return new YamlSection(mapping, $"{Join(name)}[{i}]", file, errors);
                    else
                        Report(sequence.Children[i], $"{name}[{i}]", "must be a mapping of names to values");
                }
                yield break;
            case var other:
                Report(other, name, "must be a list");
                yield break;
        }
    }

    public IReadOnlyList<string>? Texts(string name)
    {
        switch (Find(name))
        {
            case null: return null;
            case YamlScalarNode scalar: return [scalar.Value ?? ""];
            case YamlSequenceNode sequence when sequence.Children.All(c => c is YamlScalarNode):
                return [.. sequence.Children.Select(c => ((YamlScalarNode)c).Value ?? "")];
            case var other:
                Report(other, name, "must be a list of single values");
                return null;
        }
    }

    /// <summary>Every name of this section with its single value.</summary>
    public IReadOnlyDictionary<string, string> AllTexts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Names())
        {
            if (Text(name) is { } text)
                texts[name] = text;
        }
        return texts;
    }

    /// <summary>All values below, by the colon-joined paths of Microsoft's configuration.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Flatten(string prefix)
    {
        foreach (var name in Names())
            _known.Add(name);
        return Flatten(node, prefix);
    }

    /// <summary>Reports every name that nothing has asked for: a misspelt setting must not be silently without effect.</summary>
    public void RejectUnknown()
    {
        foreach (var (key, _) in node.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
                Report(key, "a name", "must be a single value");
            else if (!_known.Contains(name))
                Report(key, name, $"is not a setting; known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}{(NearestName.Of(name, _known) is { } near ? $". Did you mean '{near}'?" : "")}");
        }
    }

    public void Report(string name, string message) => Report(Find(name) ?? node, name, message);

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(YamlNode from, string prefix) => from switch
    {
        YamlMappingNode mapping => mapping.Children.SelectMany(c => Flatten(c.Value, $"{prefix}:{(c.Key as YamlScalarNode)?.Value}")),
        YamlSequenceNode sequence => sequence.Children.SelectMany((c, i) => Flatten(c, prefix + ":" + i)),
        YamlScalarNode scalar => [new(prefix, scalar.Value)],
        _ => [],
    };

    private IEnumerable<string> Names() => node.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value ?? "");

    private YamlNode? Find(string name)
    {
        _known.Add(name);
        return node.Children.TryGetValue(new YamlScalarNode(name), out var value) ? value : null;
    }

    private string Join(string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    private void Report(YamlNode at, string name, string message) =>
        errors.Add(new ConfigurationError(file, at.Start.Line, at.Start.Column, PlainText.Of($"{Join(name)} {message}{(message.EndsWith('?') ? "" : ".")}", MaxMessage)));

    /// <summary>The longest of ours, which list what is known, are shorter; values of the file may be of any length.</summary>
    private const int MaxMessage = 1_000;
}
