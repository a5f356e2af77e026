namespace Sluice.Gateway.Levers.Planning;

/// <summary>
/// Notices that a caller sends the very same request again soon after, as people do with an answer that they don't like and
/// clients with one that never came. One slot for each hash, so that memory stays at a megabyte: a request whose slot another
/// one took is not noticed. It may be used by many threads; two at once on one slot may lose one of them.
/// </summary>
public sealed class RepeatWatch
{
    private const int Slots = 1 << 16;

    /// <summary>Later, it is a question that comes up again rather than one that is asked again.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    private readonly (ulong Request, long At)[] _seen = new (ulong, long)[Slots];

    /// <summary>Whether the request came before, within the last two minutes. It counts as seen from now on.</summary>
    /// <param name="request">A hash of caller, target and body.</param>
    public bool IsRepeat(ulong request, DateTimeOffset at)
    {
        ref var slot = ref _seen[request % Slots];
        var (before, when) = slot;
        slot = (request, at.UtcTicks);
        return before == request && at.UtcTicks - when <= Window.Ticks;
    }
}
