using System.Globalization;
using System.Text;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Sets the most tokens that the model may write, of which AWS reserves the quota up front.</summary>
public static class MaxTokensEdits
{
    /// <summary>Adds the edits that replace the limit, or put one in where the caller set none.</summary>
    /// <param name="outline">The body's outline.</param>
    /// <param name="value">At least 1.</param>
    /// <param name="edits">Where the edits go.</param>
    /// <returns>
    /// False, and no edit, where the outline is incomplete, or the model is told to think for as many tokens or more: its limit
    /// has to exceed that, or the call is refused.
    /// </returns>
    public static bool Set(PromptOutline outline, long value, BodyEdits edits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        if (value <= outline.ThinkingBudget)
            return false;
        var json = Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture));
        return ParameterEdits.Set(outline, [(PromptParameter.MaxTokens, json)], edits);
    }
}
