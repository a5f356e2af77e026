namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>A model that failed is left alone for a while, so that its trouble does not slow every call down. Thread-safe.</summary>
internal sealed class FailureRest(TimeProvider time)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    private long _until;

    public bool IsNow => time.GetUtcNow().Ticks < Volatile.Read(ref _until);

    public void Begin() => Volatile.Write(ref _until, (time.GetUtcNow() + Length).Ticks);
}
