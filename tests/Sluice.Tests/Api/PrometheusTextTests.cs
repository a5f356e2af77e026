using Sluice.Api;
using Sluice.Gateway;

namespace Sluice.Tests.Api;

public sealed class PrometheusTextTests
{
    [Fact]
    public void AWatchedCountIsACounterThatTellsItsValueHoweverOftenItIsRead()
    {
        using var text = new PrometheusText();
        using var metrics = new GatewayMetrics();
        metrics.ObserveCount("sluice.test_lost", "{record}", "Lost.", () => 7);
        metrics.Observe("sluice.test_waiting", "{record}", "Waiting.", () => 3);

        text.Write();
        var written = text.Write();

        Assert.Contains("# TYPE sluice_test_lost_total counter\nsluice_test_lost_total 7\n", written, StringComparison.Ordinal);
        Assert.Contains("# TYPE sluice_test_waiting gauge\nsluice_test_waiting 3\n", written, StringComparison.Ordinal);
    }
}
