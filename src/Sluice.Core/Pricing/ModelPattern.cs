namespace Sluice.Core.Pricing;

/// <summary>A model id, or the beginning of one with a <c>*</c> behind it.</summary>
internal static class ModelPattern
{
    public static bool Matches(string pattern, string model) => pattern.EndsWith('*')
        ? model.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1))
        : pattern == model;

    /// <summary>How closely a pattern of models or regions fits: the more letters are given the closer, and a whole name is closest.</summary>
    public static int Closeness(string pattern) => pattern.EndsWith('*') ? pattern.Length : 1000;
}
