namespace Sluice.Gateway.Levers.Output;

/// <summary>
/// How long replies are, in classes each 5 % longer than the one before: enough for a limit, in a kilobyte. Old replies count
/// ever less, so that a task may change.
/// </summary>
internal sealed class LengthSketch
{
    private const double Growth = 1.05;

    // Replies counted before all counts are halved.
    private const int Window = 50_000;

    private static readonly double LogGrowth = Math.Log(Growth);

    // The last class begins at 1.2 million tokens, beyond what any model writes.
    private readonly int[] _counts = new int[288];

    public int Count { get; private set; }

    public void Add(long tokens)
    {
        _counts[ClassOf(tokens)]++;
        if (++Count >= Window)
            Halve();
    }

    /// <summary>The length that at most a fraction of the replies exceed; at most 5 % too long.</summary>
    /// <param name="fraction">From 0 to 1.</param>
    public double ExceededBy(double fraction)
    {
        var allowed = Count * fraction;
        var longer = 0;
        for (var i = _counts.Length - 1; i > 0; i--)
        {
            longer += _counts[i];
            if (longer > allowed)
                return Math.Pow(Growth, i);
        }
        return 1;
    }

    private int ClassOf(long tokens) =>
        tokens <= 1 ? 0 : Math.Min(_counts.Length - 1, (int)Math.Ceiling((Math.Log(tokens) / LogGrowth) - 1e-9));

    private void Halve()
    {
        Count = 0;
        foreach (ref var count in _counts.AsSpan())
        {
            count /= 2;
            Count += count;
        }
    }
}
