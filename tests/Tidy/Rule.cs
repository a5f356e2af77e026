namespace Tidy;

internal static class Rule
{
    /// <summary>Fails with every breach at once, each on its own line, under the rule that they break.</summary>
    public static void Holds(string rule, IEnumerable<string> breaches)
    {
        var all = breaches.Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
            Assert.Fail($"{rule}\n  {string.Join("\n  ", all)}");
    }
}
