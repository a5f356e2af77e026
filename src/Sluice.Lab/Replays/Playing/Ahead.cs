using System.Collections.Concurrent;

namespace Sluice.Lab.Replays.Playing;

/// <summary>Reads a sequence ahead on a thread of its own, by a bounded number of items, so that reading and playing overlap.</summary>
internal static class Ahead
{
    private const int MaxAhead = 128;

    public static IEnumerable<T> Of<T>(IEnumerable<T> source)
    {
        using var ready = new BlockingCollection<T>(MaxAhead);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            try
            {
                foreach (var item in source)
                    ready.Add(item, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Nobody wants the rest.
            }
            finally
            {
                ready.CompleteAdding();
            }
        });
        try
        {
            foreach (var item in ready.GetConsumingEnumerable())
                yield return item;
            reading.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            reading.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        }
    }
}
