using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Insights.Store.Deliveries;

/// <summary>A file that is one of several which make up a delivery, by its name: <c>cur-00002.csv.gz</c> is the second of <c>cur</c>.</summary>
/// <param name="Stem">What all of them are called.</param>
/// <param name="IsPadded">Whether the number has zeros before it, as AWS writes it. Others may be anything, such as a week.</param>
internal readonly record struct ChunkName(string Stem, int Number, bool IsPadded)
{
    private const int PaddedDigits = 3;

    private static readonly Regex Endings = LinearRegex.Of(@"(\.(csv|tsv|json|jsonl|ndjson|gz|gzip|zip|tar|tgz|parquet|snappy))+$", ignoreCase: true);

    /// <summary>What browsers and desktops add to a name that is there already.</summary>
    private static readonly Regex Copies = LinearRegex.Of(@"( \(\d{1,3}\)| - copy| copy)+$", ignoreCase: true);

    private static readonly Regex Dates = LinearRegex.Of(@"(^|[^0-9])((19|20)[0-9]{2}[-_. ]?[0-9]{1,2}([-_. ]?[0-9]{1,2})?|(19|20)[0-9]{2})$");

    private static readonly Regex Numbered = LinearRegex.Of(@"^(?<stem>.*[^-0-9_. ].*[-_. ]|.*(part|chunk))(?<number>[0-9]{1,6})$", ignoreCase: true);

    /// <returns>Null where the name has no number of a part at its end.</returns>
    public static ChunkName? Of(string path)
    {
        var name = Endings.Replace(path[(path.LastIndexOfAny(['/', '\\']) + 1)..], "");
        name = Copies.Replace(name, "");
        if (Dates.IsMatch(name) || Numbered.Match(name) is not { Success: true } match)
            return null;
        var digits = match.Groups["number"].Value;
        return new ChunkName(match.Groups["stem"].Value.TrimEnd('-', '_', '.', ' '), int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), digits.Length >= PaddedDigits && digits[0] == '0');
    }
}
