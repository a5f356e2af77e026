using Sluice.Core;
using Sluice.Gateway.Levers.Planning;
using Sluice.Lab.Replays.Playing;
using Sluice.Lab.Replays.Recordings;

namespace Sluice.Lab.Replays.Searching;

/// <summary>
/// Looks for the best setting of each app. Apps seldom send the same prompts, so one replay tries a setting for all of them at
/// once; where two do, one may be credited with what the other's cache points are worth to it. Settings are taken one after the other where they pay, over those that were taken
/// before; at the end each one that was taken is tried without, since a later one may have taken its place.
/// </summary>
/// <param name="replay">Plays the recording.</param>
/// <param name="recording">Read once for each setting.</param>
/// <param name="basis">What the owner has set besides: bounds and forms. Every lever begins off.</param>
public sealed class SettingSearch(CallReplay replay, Recording recording, LeverOptions basis)
{
    private readonly Dictionary<string, LeverOptions> _best = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Money> _cost = new(StringComparer.Ordinal);
    private readonly LeverOptions _off = basis.WithAll(LeverMode.Off) with { Place = new(), Recall = basis.Recall with { Sampled = false }, Coalesce = new() };
    private Action? _onCall;
    private int _passes;

    /// <summary>Replays that the longest search makes.</summary>
    public static int MostPasses => 1 + Setting.All.Count + LeverNames.All.Count;

    /// <param name="allowed">The most that the owner gives up.</param>
    /// <param name="onCall">Is told of each call of each replay.</param>
    /// <param name="cancellationToken">Gives up between two calls.</param>
    public SearchResult Run(GivenUp allowed, Action? onCall = null, CancellationToken cancellationToken = default)
    {
        _onCall = onCall;
        var start = Play(_off, [], cancellationToken);
        foreach (var (app, group) in start.ByApp)
        {
            _best[app] = _off;
            _cost[app] = group.New;
        }
        var frontier = new List<FrontierPoint>();
        IReadOnlyList<AppSetting> apps = [];
        foreach (var what in GivenUps.All)
        {
            foreach (var setting in Setting.All.Where(s => s.GivesUp == what && CanTell(s)))
                Try(setting.Apply, app => true, cancellationToken);
            if (what == allowed)
            {
                foreach (var lever in LeverNames.All)
                    Try(options => options.With(lever, LeverMode.Off), app => _best[app].ModeOf(lever) == LeverMode.On, cancellationToken);
                apps = [.. start.ByApp.Select(a => new AppSetting(a.Key, a.Value.Calls, a.Value.Old, _cost[a.Key], _best[a.Key]))];
            }
            frontier.Add(new FrontierPoint(what, _cost.Values.Aggregate(Money.Zero, (sum, cost) => sum + cost), new Dictionary<string, LeverOptions>(_best, StringComparer.Ordinal)));
        }
        return new SearchResult
        {
            Calls = start.All.Calls,
            UnknownCalls = start.All.UnknownCalls,
            Old = start.All.Old,
            Frontier = frontier,
            Allowed = allowed,
            Apps = apps,
            Passes = _passes,
        };
    }

    /// <summary>Settings for each app, and for calls that have none.</summary>
    public static LeverSettings SettingsOf(IEnumerable<KeyValuePair<string, LeverOptions>> apps, LeverOptions others) => new()
    {
        ControlShare = 0,
        Default = apps.FirstOrDefault(a => a.Key.Length == 0).Value ?? others,
        Exceptions = [.. apps.Where(a => a.Key.Length > 0).Select(a => (new LeverScope { App = a.Key }, a.Value))],
    };

    /// <summary>Without bodies most levers are not known, and what is not known is not proposed.</summary>
    private bool CanTell(Setting setting) => recording.HasBodies || setting.Lever is Lever.Place or Lever.Output;

    private void Try(Func<LeverOptions, LeverOptions> change, Func<string, bool> concerns, CancellationToken cancellationToken)
    {
        var apps = _best.Keys.Where(concerns).ToList();
        if (apps.Count == 0)
            return;
        var tried = _best.ToDictionary(b => b.Key, b => concerns(b.Key) ? change(b.Value) : b.Value, StringComparer.Ordinal);
        var result = Play(_off, tried, cancellationToken);
        foreach (var app in apps)
        {
            var group = result.ByApp[app];
            if (group.New >= _cost[app])
                continue;
            _best[app] = tried[app];
            _cost[app] = group.New;
        }
    }

    private CallReplayResult Play(LeverOptions others, Dictionary<string, LeverOptions> apps, CancellationToken cancellationToken)
    {
        _passes++;
        return replay.Run(recording, SettingsOf(apps, others), _onCall, cancellationToken);
    }
}
