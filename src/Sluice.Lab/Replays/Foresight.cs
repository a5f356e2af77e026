using System.Runtime.InteropServices;
using Sluice.Gateway.Levers.Marking;
using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Replays;

/// <summary>For each request, up to which blocks requests that come within the short lifetime share its prompt.</summary>
internal sealed class Foresight
{
    private readonly int[][] _ends;

    public Foresight(IReadOnlyList<TraceRequest> requests, CacheRules rules)
    {
        _ends = new int[requests.Count][];
        var next = new Dictionary<ulong, int>();
        for (var i = requests.Count - 1; i >= 0; i--)
        {
            var ends = new List<int>();
            var before = -1;
            for (var block = 0; block < requests[i].Spans.Length; block++)
            {
                ref var request = ref CollectionsMarshal.GetValueRefOrAddDefault(next, requests[i].Spans[block].Hash, out var isKnown);
                var follower = isKnown && requests[request].At - requests[i].At <= rules.ShortLifetime ? request : -1;
                request = i;
                // Where the next request to share the prefix changes, an earlier one left it.
                if (block > 0 && follower != before && before >= 0)
                    ends.Add(block - 1);
                before = follower;
            }
            if (before >= 0)
                ends.Add(requests[i].Spans.Length - 1);
            _ends[i] = [.. ends];
        }
    }

    /// <summary>The last block that each later request shares, from the fewest shared to the most.</summary>
    public int[] Ends(int request) => _ends[request];
}
