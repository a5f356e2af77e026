using Sluice.Core;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Lab.Replays.Playing;

/// <summary>What a replay can tell of each lever, and what it can't.</summary>
internal static class LeverNotes
{
    /// <summary>The settings that are played: without a control group, and without the levers that stand-ins for requests tell nothing of.</summary>
    public static LeverSettings Playable(LeverSettings settings, bool hasBodies) => settings with
    {
        ControlShare = 0,
        HoldBackShare = 0,
        Default = Playable(settings.Default, hasBodies),
        Exceptions = [.. settings.Exceptions.Select(e => (e.Scope, Playable(e.Options, hasBodies)))],
    };

    /// <param name="settings">As they were asked for.</param>
    /// <param name="hasBodies">The recording has requests.</param>
    /// <param name="isTimed">The recording tells how long calls took.</param>
    /// <param name="savings">What the replay came to.</param>
    public static IReadOnlyList<ReplayedLever> Of(LeverSettings settings, bool hasBodies, bool isTimed, SavingsTally savings) =>
        [.. LeverNames.All.Where(lever => IsOn(settings, lever)).Select(lever => Of(settings, lever, hasBodies, isTimed, savings))];

    private static ReplayedLever Of(LeverSettings settings, Lever lever, bool hasBodies, bool isTimed, SavingsTally savings)
    {
        var known = savings.Levers.GetValueOrDefault(lever.Name());
        if (!hasBodies && NeedsBodies(lever))
            return new ReplayedLever(lever.Name(), 0, null, WithoutBodies(lever));
        if (lever == Lever.Coalesce && !isTimed)
            return new ReplayedLever(lever.Name(), 0, null, "not known: the recording does not tell how long calls took, so not which were in flight together");
        return new ReplayedLever(lever.Name(), known?.Calls ?? 0, known?.Saving ?? Money.Zero, NoteOf(settings, lever, known))
        {
            Estimated = known?.Estimated ?? Money.Zero,
        };
    }

    private static string? NoteOf(LeverSettings settings, Lever lever, LeverSaving? known) => (lever, known) switch
    {
        (_, { UnknownCalls: > 0 }) => $"of {known.UnknownCalls} calls it is not known, for want of a price; they are in no sum",
        (Lever.Output, _) => "saves quota, not money",
        (Lever.Place, null) when settings.Default.Place is { AnyRegion: false, Tier: null, StandardLatency: false } && settings.Exceptions.Count == 0 =>
            "nothing may move: place.any_region, place.tier and place.standard_latency are not set",
        (Lever.Recall or Lever.Coalesce, null) when !settings.Default.Recall.Sampled => "only calls at temperature 0, since 'sampled' is not set",
        _ => null,
    };

    private static string WithoutBodies(Lever lever) => lever switch
    {
        Lever.Trim => "not known: the ledger has no texts",
        Lever.Mark => "not known: the ledger does not tell what prompts have in common",
        _ => "not known: the ledger does not tell which calls were the same",
    } + "; set recording.bodies to keep them";

    private static bool NeedsBodies(Lever lever) => lever is Lever.Trim or Lever.Recall or Lever.Semantic or Lever.Coalesce or Lever.Mark;

    private static bool IsOn(LeverSettings settings, Lever lever) =>
        settings.Default.ModeOf(lever) == LeverMode.On || settings.Exceptions.Any(e => e.Options.ModeOf(lever) == LeverMode.On);

    private static LeverOptions Playable(LeverOptions options, bool hasBodies) => hasBodies
        ? options
        : LeverNames.All.Where(NeedsBodies).Aggregate(options, (all, lever) => all.With(lever, LeverMode.Off));
}
