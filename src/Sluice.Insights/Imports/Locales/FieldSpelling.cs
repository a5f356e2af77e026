using System.Globalization;
using System.Text;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Locales;

/// <summary>
/// How one file spells amounts and days. Plain numbers and ISO days are read as they come. Anything that could mean two things is read only
/// when the file proves which, or the user says so: the file is surveyed first, then read.
/// </summary>
internal sealed class FieldSpelling
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private readonly string _file;
    private readonly bool _isSurvey;
    private readonly DecimalMark? _said;
    private readonly Dictionary<(int Column, char Mark), Sighting> _ambiguous = [];
    private readonly HashSet<int> _commaColumns = [];
    private Sighting? _point, _comma, _dayFirst, _monthFirst;
    private DecimalMark? _mark;
    private DateOrder? _order, _expected;
    private bool _isSemicolon, _isDecided, _orderIsSaid;

    private FieldSpelling(string file, DecimalMark? mark, DateOrder? order, bool isSurvey) =>
        (_file, _said, _mark, _order, _isSurvey, _orderIsSaid) = (file, mark, mark, order, isSurvey, order is not null);

    private sealed record Sighting(long Line, string Text)
    {
        public override string ToString() => $"line {Line} has '{Text}'";
    }

    /// <param name="file">What messages call it.</param>
    /// <param name="options">What the user says of it.</param>
    public static FieldSpelling Of(string file, ImportOptions options) => new(file, options.Decimal, options.Dates, isSurvey: false);

    /// <summary>One that looks at every value and decides nothing before <see cref="Decide"/>.</summary>
    public static FieldSpelling Survey(string file, ImportOptions options) => new(file, options.Decimal, options.Dates, isSurvey: true);

    /// <summary>Fields are separated by semicolons, as in locales that need the comma for decimals.</summary>
    public void SeparatesBySemicolon() => _isSemicolon = true;

    /// <summary>The order that a format is documented to have, which stands until a row contradicts it.</summary>
    public void Expect(DateOrder order) => _expected = order;

    /// <summary>The amount of a field; null for an empty one.</summary>
    /// <returns>False where the text is no number.</returns>
    /// <exception cref="SpellingUnprovenException">It can't be told yet.</exception>
    /// <exception cref="ImportException">It contradicts the rest of the file, or what the user said.</exception>
    public bool TryAmount(ReadOnlySpan<byte> text, int column, long line, out decimal? amount)
    {
        amount = null;
        if (FieldText.IsNull(text))
            return true;
        if (!_isSurvey && _mark != DecimalMark.Comma && !_isSemicolon && decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var plain))
        {
            amount = plain;
            return true;
        }
        if (text.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
            return true;
        if (!NumberForm.TryParse(text, out var form))
            return false;
        if (_isSurvey)
            Note(form, column, new Sighting(line, Encoding.UTF8.GetString(text)));
        // A lone point before three digits is decimal in nearly every bill; a semicolon between fields makes it doubtful.
        var needsProof = form.Proves is DecimalMark.Comma || form.Ambiguous == ',' || (form.Ambiguous == '.' && _isSemicolon);
        if (!_isSurvey && _mark is null && needsProof)
            throw new SpellingUnprovenException();
        var mark = _mark ?? form.Proves ?? DecimalMark.Point;
        if (!_isSurvey && form.Proves is { } proven && proven != mark)
            throw new ImportException($"'{_file}', line {line}: '{Encoding.UTF8.GetString(text)}' has a decimal {Name(proven)}, and {(_said is null ? "other rows have" : $"--decimal {Name(mark)} says")} a decimal {Name(mark)}. Nothing of it was imported.");
        if (!form.TryValue(mark, out var value))
            return false;
        amount = value;
        return true;
    }

    /// <summary>The time of a field, in UTC unless it says otherwise.</summary>
    /// <returns>False where the text is no time, or no row of the file tells its day from its month.</returns>
    /// <exception cref="SpellingUnprovenException">It can't be told yet.</exception>
    /// <exception cref="ImportException">It contradicts the rest of the file, or what the user said.</exception>
    public bool TryTime(ReadOnlySpan<byte> text, long line, out DateTimeOffset time)
    {
        if (FieldText.TryTime(text, out time))
            return true;
        if (!DateForm.TryParse(text, out var form))
            return false;
        if (_isSurvey)
        {
            var sighting = new Sighting(line, Encoding.UTF8.GetString(text));
            if (form.IsProof)
                Note(form.Order!.Value, sighting);
            return true;
        }
        var order = _order ?? _expected;
        if (order is null && form.IsAmbiguous)
            return _isDecided ? false : throw new SpellingUnprovenException();
        if (form.IsProof && order is { } known && form.Order != known)
        {
            throw new ImportException($"'{_file}', line {line}: '{Encoding.UTF8.GetString(text)}' has the {(known == DateOrder.MonthFirst ? "day" : "month")} first, and "
                + $"{(_orderIsSaid ? $"--dates {Name(known)} says otherwise" : _order is not null ? "other rows have it otherwise" : "this kind of bill is documented to have it otherwise; say --dates " + Name(form.Order!.Value) + " if every day of the file is written so")}. Nothing of it was imported.");
        }
        return form.TryTime(order ?? DateOrder.MonthFirst, out time);
    }

    /// <summary>A period that lasts a month in one order of day and month alone proves that order.</summary>
    public void NoteMonth(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, long line)
    {
        if (!_isSurvey || !DateForm.TryParse(start, out var first) || !DateForm.TryParse(end, out var last) || !first.IsAmbiguous || !last.IsAmbiguous)
            return;
        var orders = Enum.GetValues<DateOrder>().Where(o => first.TryTime(o, out var from) && last.TryTime(o, out var to) && to == from.AddMonths(1)).ToList();
        if (orders is [var only])
            Note(only, new Sighting(line, $"{Encoding.UTF8.GetString(start)} to {Encoding.UTF8.GetString(end)}"));
    }

    /// <summary>The spelling that the surveyed file proves.</summary>
    /// <exception cref="ImportException">It proves two, or none of what an amount needs.</exception>
    public FieldSpelling Decide()
    {
        return new FieldSpelling(_file, _said, null, isSurvey: false) { _mark = _said ?? DecideMark(), _order = _order ?? DecideOrder(), _orderIsSaid = _orderIsSaid, _isDecided = true };
    }

    private void Note(in NumberForm form, int column, Sighting sighting)
    {
        if (form.Proves == DecimalMark.Comma)
        {
            _comma ??= sighting;
            _commaColumns.Add(column);
        }
        else if (form.Proves == DecimalMark.Point)
            _point ??= sighting;
        else if (form.Ambiguous != 0)
            _ambiguous.TryAdd((column, form.Ambiguous), sighting);
    }

    private void Note(DateOrder order, Sighting sighting)
    {
        if (order == DateOrder.DayFirst)
            _dayFirst ??= sighting;
        else
            _monthFirst ??= sighting;
    }

    private DecimalMark? DecideMark()
    {
        if (_comma is not null && _point is not null)
            throw Refusal($"{_point} with a decimal point and {_comma} with a decimal comma; a file must have one of the two");
        var comma = _ambiguous.Where(a => a.Key.Mark == ',').Select(a => a.Value).MinBy(a => a.Line);
        var point = _ambiguous.Where(a => a.Key.Mark == '.' && !_commaColumns.Contains(a.Key.Column)).Select(a => a.Value).MinBy(a => a.Line);
        if (_comma is not null)
        {
            return point is null || _isSemicolon ? DecimalMark.Comma
                : throw Refusal($"{_comma} with a decimal comma, and {point}, which may be decimals or thousands; say --decimal comma if the point groups thousands");
        }
        if (_point is not null)
            return DecimalMark.Point;
        if (comma is not null && _isSemicolon && point is null)
            return DecimalMark.Comma;
        return (comma ?? (_isSemicolon ? point : null)) is { } unclear
            ? throw Refusal($"{unclear}, which may be decimals or thousands, and no other amount tells; say --decimal comma or --decimal point")
            : null;
    }

    private DateOrder? DecideOrder()
    {
        if (_dayFirst is not null && _monthFirst is not null)
            throw Refusal($"{_dayFirst} with the day first and {_monthFirst} with the month first; a file must have one of the two");
        if (_dayFirst is not null && _expected == DateOrder.MonthFirst)
            throw Refusal($"{_dayFirst} with the day first, and this kind of bill is documented to have the month first; say --dates day-first if every day of the file is written so");
        return _dayFirst is not null ? DateOrder.DayFirst
            : _monthFirst is not null ? DateOrder.MonthFirst
            : _expected;
    }

    private ImportException Refusal(string why) => new($"'{_file}': {why}. Nothing of it was imported.");

    private static string Name(DecimalMark mark) => mark == DecimalMark.Point ? "point" : "comma";

    private static string Name(DateOrder order) => order == DateOrder.DayFirst ? "day-first" : "month-first";
}
