using System.Globalization;

namespace Sluice.Core.Budgets;

/// <summary>
/// The time over which a limit holds. Spending is kept by slots: a calendar window is one slot, a rolling one consists of
/// many, and counts its oldest slot whole, so that it never counts less than what was spent in its length.
/// </summary>
/// <param name="Period">Its length; a rolling month has 30 days, a quarter 90 and a year 365.</param>
/// <param name="IsRolling">It ends now and moves along; else it begins and ends with the calendar.</param>
/// <param name="Zone">Whose calendar; a rolling window needs none.</param>
public sealed record BudgetWindow(BudgetPeriod Period, bool IsRolling, TimeZoneInfo Zone)
{
    /// <summary>The slot that spending at an instant belongs to.</summary>
    public WindowSpan SlotOf(DateTimeOffset at)
    {
        if (!IsRolling)
            return CalendarPeriods.Of(Period, Zone, at);
        var slot = Slot.Ticks;
        var start = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % slot), TimeSpan.Zero);
        return new WindowSpan(start, start + Slot);
    }

    /// <summary>The window that a call at an instant falls into: from the start of its oldest slot to when it resets, or for a rolling one, to the end of its newest slot.</summary>
    public WindowSpan Of(DateTimeOffset at)
    {
        var slot = SlotOf(at);
        return IsRolling ? new WindowSpan(SlotOf(slot.End - Slot - Length).Start, slot.End) : slot;
    }

    /// <summary>When spending of a slot no longer counts.</summary>
    public DateTimeOffset LeavesAt(DateTimeOffset slotStart) => IsRolling ? slotStart + Length + Slot : SlotOf(slotStart).End;

    /// <summary>The whole length of a rolling window.</summary>
    public TimeSpan Length => Period switch
    {
        BudgetPeriod.Hour => TimeSpan.FromHours(1),
        BudgetPeriod.Day => TimeSpan.FromDays(1),
        BudgetPeriod.Week => TimeSpan.FromDays(7),
        BudgetPeriod.Month => TimeSpan.FromDays(30),
        BudgetPeriod.Quarter => TimeSpan.FromDays(90),
        _ => TimeSpan.FromDays(365),
    };

    /// <summary>As it stands in the configuration, such as <c>month Europe/Berlin</c>; two windows of one text are the same.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(IsRolling ? "rolling " : "")}{Period.ToString().ToLowerInvariant()}{(IsRolling || Zone.Id is "UTC" ? "" : " " + Zone.Id)}");

    private TimeSpan Slot => Period switch
    {
        BudgetPeriod.Hour => TimeSpan.FromMinutes(1),
        BudgetPeriod.Day => TimeSpan.FromMinutes(30),
        BudgetPeriod.Week => TimeSpan.FromHours(4),
        BudgetPeriod.Month => TimeSpan.FromHours(12),
        BudgetPeriod.Quarter => TimeSpan.FromDays(2),
        _ => TimeSpan.FromDays(5),
    };
}
