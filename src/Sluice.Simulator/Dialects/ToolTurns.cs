namespace Sluice.Simulator.Dialects;

/// <summary>Holds the tool results of a turn against the tool uses of the turn before: each use is answered at once, and nothing else is.</summary>
internal sealed class ToolTurns
{
    private List<string> _asked = [];
    private List<string> _uses = [];
    private readonly List<string> _results = [];

    /// <summary>The tool uses of the turn before, which this turn has to answer.</summary>
    public IReadOnlyList<string> Asked => _asked;

    public IReadOnlyList<string> Results => _results;

    /// <summary>The uses of the turn before without a result in this one.</summary>
    public IEnumerable<string> Unanswered => _asked.Except(_results, StringComparer.Ordinal);

    /// <summary>The first result in this turn that no use of the turn before asked for; null where there is none.</summary>
    public string? Unasked => _results.Find(id => !_asked.Contains(id, StringComparer.Ordinal));

    public void AddUse(string id) => _uses.Add(id);

    public void AddResult(string id) => _results.Add(id);

    public void EndTurn()
    {
        (_asked, _uses) = (_uses, []);
        _results.Clear();
    }
}
