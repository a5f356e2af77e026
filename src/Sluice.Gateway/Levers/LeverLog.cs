using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers;

/// <summary>What an invocation was in the end.</summary>
/// <param name="Final">As it was answered; null where its usage is not known.</param>
public sealed record Settlement(InvocationRecord Record, CallShape? Final);

/// <summary>What the levers did to one invocation, in the order of the pipeline.</summary>
public sealed class LeverLog
{
    private readonly List<LeverEffect> _effects = [];
    private readonly List<Action<Settlement>> _listeners = [];

    public IReadOnlyList<LeverEffect> All => _effects;

    /// <summary>A lever has changed the request.</summary>
    public bool IsRewritten { get; private set; }

    /// <summary>The upstream refused what the levers had made, so they no longer act on this invocation.</summary>
    public bool IsAbandoned { get; private set; }

    public void Add(LeverEffect effect) => _effects.Add(effect);

    /// <summary>The lever has changed the request.</summary>
    public bool Has(Lever lever) => _effects.Exists(e => e.Lever == lever.Name() && !e.IsShadow);

    /// <summary>How far the log has come, to go back to.</summary>
    public (int Effects, int Listeners) Mark() => (_effects.Count, _listeners.Count);

    /// <summary>All that is noted now, to be had back with <see cref="Restore"/>.</summary>
    public (LeverEffect[] Effects, Action<Settlement>[] Listeners, bool IsRewritten) Snapshot() => ([.. _effects], [.. _listeners], IsRewritten);

    /// <summary>Goes back to a snapshot, since what was to come instead did not.</summary>
    public void Restore((LeverEffect[] Effects, Action<Settlement>[] Listeners, bool IsRewritten) snapshot)
    {
        _effects.Clear();
        _effects.AddRange(snapshot.Effects);
        _listeners.Clear();
        _listeners.AddRange(snapshot.Listeners);
        IsRewritten = snapshot.IsRewritten;
    }

    /// <summary>Forgets what happened since a mark, because the call is made again; what that cost is one lever's to bear.</summary>
    public void Rewind((int Effects, int Listeners) mark, Lever lever, string why, Money caused)
    {
        // Who wanted to learn of the call from that lever itself still does; those behind it will ask again.
        var own = _listeners.Count > mark.Listeners ? _listeners[mark.Listeners] : null;
        _effects.RemoveRange(mark.Effects, _effects.Count - mark.Effects);
        _listeners.RemoveRange(mark.Listeners, _listeners.Count - mark.Listeners);
        if (own is not null)
            _listeners.Add(own);
        _effects.Add(new LeverEffect(lever.Name(), why, IsShadow: false, shape => shape, caused));
        IsRewritten = _effects.Exists(e => !e.IsShadow && e.Lever != lever.Name());
    }

    /// <summary>Notes a change of the request.</summary>
    /// <returns>True for the first.</returns>
    public bool BeginRewriting()
    {
        var isFirst = !IsRewritten;
        IsRewritten = true;
        return isFirst;
    }

    /// <summary>Forgets every change: the call goes as the caller sent it.</summary>
    public void Abandon()
    {
        IsAbandoned = true;
        // What looking an answer up has cost was billed, whatever becomes of the request, and so was a step that a cascade rejected.
        _effects.RemoveAll(e => !e.IsShadow && e.Lever != Lever.Semantic.Name() && e.Caused == Money.Zero);
    }

    /// <summary>Asks to be told how the invocation ended.</summary>
    public void WhenSettled(Action<Settlement> listener) => _listeners.Add(listener);

    /// <summary>Tells every listener. What one of them throws is for <paramref name="onFault"/>, and keeps the news from no other.</summary>
    internal void Settle(Settlement settlement, Action<Exception> onFault)
    {
        foreach (var listener in _listeners)
        {
            try
            {
                listener(settlement);
            }
            catch (Exception e)
            {
                onFault(e);
            }
        }
    }
}
