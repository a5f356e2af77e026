using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Simulator.Serving;

/// <summary>In which of the forms that real replies come in a reply is wanted, beside the usual one.</summary>
internal readonly record struct ReplyForm
{
    public const string Header = "x-simulator-form";

    /// <summary>A larger count is a mistake in writing.</summary>
    private const int MaxCount = 100_000;

    /// <summary>How the body is compressed; null for not at all.</summary>
    public string? Coding { get; init; }

    /// <summary>Tokens of reasoning that are billed as output and shown to nobody.</summary>
    public int HiddenReasoning { get; init; }

    /// <summary>Searches of the web that the model made.</summary>
    public int WebSearches { get; init; }

    /// <summary>Whether Converse's input holds the cached tokens too, against its contract, as it did for some models.</summary>
    public bool GrossInput { get; init; }

    /// <summary>Reads the header: <c>gzip, web-search=2, hidden-reasoning=300, gross-input</c>.</summary>
    /// <exception cref="Refusal">It can't be read; the message says what can.</exception>
    public static ReplyForm Read(IHeaderDictionary headers)
    {
        var form = default(ReplyForm);
        foreach (var part in headers[Header].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            var (name, value) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            form = (name, value) switch
            {
                (_, "") when ContentCoding.IsKnown(name) => form with { Coding = name },
                ("gross-input", "") => form with { GrossInput = true },
                ("hidden-reasoning", _) when Count(value) is { } tokens => form with { HiddenReasoning = tokens },
                ("web-search", _) when Count(value) is { } searches => form with { WebSearches = searches },
                _ => throw Refusal.Validation(
                    $"The header {Header} has '{part}'; the simulator knows {string.Join(", ", ContentCoding.Names)}, hidden-reasoning=<tokens>, web-search=<searches> and gross-input, with commas between."),
            };
        }
        return form;
    }

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MaxCount ? count : null;
}
