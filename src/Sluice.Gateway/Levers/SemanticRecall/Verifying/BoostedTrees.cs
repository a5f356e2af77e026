namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>Decision trees whose leaves add up to the logarithm of the odds.</summary>
public sealed class BoostedTrees(float start, TreeNode[][] trees)
{
    public float Start => start;

    public TreeNode[][] Trees => trees;

    public float Score(ReadOnlySpan<float> features)
    {
        var sum = start;
        foreach (var tree in trees)
        {
            var node = tree[0];
            while (node.Feature >= 0)
                node = tree[features[node.Feature] <= node.Value ? node.Left : node.Left + 1];
            sum += node.Value;
        }
        return sum;
    }
}

/// <param name="Feature">Which feature decides; -1 in a leaf.</param>
/// <param name="Value">The largest value that goes left; in a leaf, what it adds.</param>
/// <param name="Left">Where the left child stands; the right one is next.</param>
public readonly record struct TreeNode(int Feature, float Value, int Left);
