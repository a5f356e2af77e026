using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Ledger.Answers;

namespace Sluice.Hosting;

/// <summary>Brings semantic recall back what it knew, and keeps it every few minutes and at the end.</summary>
internal sealed class SemanticKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly SemanticStage _stage;
    private readonly SemanticFile _file;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    public SemanticKeeper(SemanticStage stage, SemanticFile file, TimeProvider time)
    {
        (_stage, _file) = (stage, file);
        stage.Restore(file.Read());
        _timer = time.CreateTimer(_ => Keep(), null, Interval, Interval);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        Keep();
    }

    private void Keep()
    {
        lock (_gate)
            _file.Write(_stage.Snapshot());
    }
}
