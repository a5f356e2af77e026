namespace Sluice.Insights.Imports.Cur;

/// <summary>
/// What a row of a CUR costs with discounts applied and commitments spread, by AWS's own formula: covered usage costs what it used up of a
/// savings plan or reservation, and the fee of the commitment what no usage used up. Over the life of a commitment that is what was paid.
/// </summary>
internal sealed class AmortisedCost
{
    private static readonly string[] OfPlans =
        ["savings_plan_savings_plan_effective_cost", "savings_plan_total_commitment_to_date", "savings_plan_used_commitment"];

    private static readonly string[] OfReservations =
        ["reservation_effective_cost", "reservation_unused_amortized_upfront_fee_for_billing_period", "reservation_unused_recurring_fee"];

    /// <summary>The same with the discounts of the account, in the same order; bills of accounts with such discounts have them.</summary>
    private static readonly string[] NetOfReservations =
        ["reservation_net_effective_cost", "reservation_net_unused_amortized_upfront_fee_for_billing_period", "reservation_net_unused_recurring_fee"];

    private readonly BillTable _table;
    private readonly int _type, _net, _reservation, _netPlan;
    private readonly int[] _plans, _reservations, _netReservations;
    private readonly bool _spreadsPlans, _spreadsReservations;
    private readonly SortedSet<string> _warnings = new(StringComparer.Ordinal);
    private string? _fault;

    public AmortisedCost(BillTable table)
    {
        _table = table;
        (_type, _net, _reservation) = (table.Column("line_item_line_item_type"), table.Column("line_item_net_unblended_cost"), table.Column("reservation_reservation_a_r_n"));
        _netPlan = table.Column("savings_plan_net_savings_plan_effective_cost");
        (_plans, _reservations, _netReservations) = (Columns(OfPlans), Columns(OfReservations), Columns(NetOfReservations));
        (_spreadsPlans, _spreadsReservations) = (!_plans.Contains(-1), !_reservations.Contains(-1));

        int[] Columns(string[] names) => [.. names.Select(table.Column)];
    }

    /// <summary>Commitments that the file doesn't tell enough of to spread them.</summary>
    public IEnumerable<string> Warnings => _warnings;

    /// <summary>Of the current row.</summary>
    /// <returns>Null, or why the row must be set aside.</returns>
    public string? Read(decimal? billed, out decimal? effective)
    {
        _fault = null;
        var net = Amount(_net);
        effective = net ?? billed;
        var type = _table.Text(_type);
        switch (type)
        {
            case "SavingsPlanCoveredUsage" when Spreads(_spreadsPlans, "Savings plans", OfPlans):
                effective = Amount(_netPlan) ?? Amount(_plans[0]);
                break;
            case "SavingsPlanNegation" or "SavingsPlanUpfrontFee" when Spreads(_spreadsPlans, "Savings plans", OfPlans):
                effective = 0;
                break;
            case "SavingsPlanRecurringFee" when Spreads(_spreadsPlans, "Savings plans", OfPlans):
                // The fee's own discount is that of all that it pays for.
                effective = (Amount(_plans[1]) - Amount(_plans[2])) * (net is not null && billed is not null and not 0 ? net / billed : 1);
                break;
            case "DiscountedUsage" when Spreads(_spreadsReservations, "Reservations", OfReservations):
                effective = Amount(_netReservations[0]) ?? Amount(_reservations[0]);
                break;
            case "RIFee" when Spreads(_spreadsReservations, "Reservations", OfReservations):
                effective = Unused(_netReservations) ?? Unused(_reservations);
                break;
            case "Fee" when _spreadsReservations && _table.Text(_reservation).Length > 0:
                effective = 0;
                break;
            case var discount when discount.EndsWith("Discount", StringComparison.Ordinal) && _net >= 0 && net is null:
                // The net cost of the rows that it is for has it already.
                effective = 0;
                break;
        }
        return _fault;
    }

    /// <summary>What of an upfront and a recurring fee no usage used up; null if neither is told.</summary>
    private decimal? Unused(int[] columns) => (Amount(columns[1]), Amount(columns[2])) switch
    {
        (null, null) => null,
        var (upfront, recurring) => (upfront ?? 0) + (recurring ?? 0),
    };

    private bool Spreads(bool can, string what, string[] columns)
    {
        if (!can)
            _warnings.Add($"{what} count as they were billed and aren't spread over their usage, since the export lacks {string.Join(", ", columns.Where(c => _table.Column(c) < 0))}; export them too");
        return can;
    }

    private decimal? Amount(int column)
    {
        if (column < 0)
            return null;
        if (!_table.TryAmount(column, out var amount))
            _fault = $"{_table.Headers[column]} '{_table.Text(column)}' is no number";
        return amount;
    }
}
