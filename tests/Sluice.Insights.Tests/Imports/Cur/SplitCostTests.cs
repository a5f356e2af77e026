using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Imports.Cur;

/// <summary>Split cost allocation adds rows for pods whose money is that of the instance they run on, which has its own row.</summary>
public sealed class SplitCostTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThePartsOfAnInstanceAreNotPaidASecondTime()
    {
        var header = CurHeader + ",split_line_item_parent_resource_id,split_line_item_split_cost,split_line_item_unused_cost\n";
        _folder.ImportText(header
            + Charge("BoxUsage:p5.48xlarge", "1", "7.5", product: "AmazonEC2").TrimEnd('\n') + ",,,\n"
            + Charge("EKS-EC2-GB-Hours", "1", "0", product: "AmazonEKS").TrimEnd('\n') + ",i-0abc,5,0.5\n"
            + Charge("EKS-EC2-GB-Hours", "2", "0", product: "AmazonEKS").TrimEnd('\n') + ",i-0abc,1.5,0.5\n"
            + Charge("USE1-NovaLite-input-tokens", "1", "0.06").TrimEnd('\n') + ",,,\n");

        Assert.Equal((7.56m, 7.56m), (_folder.Rows().Sum(r => r.Amounts.Billed), _folder.Rows().Sum(r => r.Amounts.Effective)));
    }
}
