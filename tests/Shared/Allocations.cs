namespace Sluice.Testing;

/// <summary>Measures what code allocates on the thread that runs it.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <returns>
    /// Bytes of the round that allocated least. The runtime allocates on the same thread when it compiles a method again, in one
    /// round or another; code that allocates does so in each.
    /// </returns>
    public static long Of(Action action)
    {
        action();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
