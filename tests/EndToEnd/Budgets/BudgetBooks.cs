using System.Globalization;
using System.Text.Json;
using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>A budget's figures as <c>sluice budgets list --format json</c> tells them.</summary>
internal static class BudgetBooks
{
    public static async Task<(decimal Spent, decimal Unknown, decimal Held)> ReadAsync(RunningGateway gateway, string name)
    {
        var listed = await SluiceProcess.RunAsync("budgets", "list", "--config", gateway.SettingsFile, "--data", gateway.DataDirectory, "--format", "json");
        // 1 says that a limit is reached.
        Assert.True(listed.ExitCode is 0 or 1, listed.Everything);
        using var json = JsonDocument.Parse(listed.Output);
        var row = json.RootElement.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("budget").GetString() == name);
        return (Usd("spent_usd"), Usd("unknown_usd"), Usd("held_usd"));

        decimal Usd(string column) => decimal.Parse(row.GetProperty(column).GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
