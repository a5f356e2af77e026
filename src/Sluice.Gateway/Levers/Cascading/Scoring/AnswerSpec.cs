using System.Security.Cryptography;
using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>Which features an answer is turned into: a text's own, and those of <see cref="AnswerFeatures"/>. There is one specification at a time, compiled in.</summary>
public static class AnswerSpec
{
    private const string ProbePrompt = "Ann has 3 boxes of 12 pens and gives away 1/4 of them. How many are left?";
    private const string ProbeAnswer = "There are 3 * 12 = 36 pens.\nShe gives away 36 / 4 = 8.5, perhaps 9.\n\nSo the final answer is <<36-9=27>>27.\n#### 27";

    /// <summary>The specification in words.</summary>
    public static string Text { get; } =
        $"{FeatureSpec.Text}; of prompt and answer, {AnswerFeatures.Count} more: relative length, lines, sentences, numbers asked and given and shared, sums and wrong sums, " +
        $"markers of a result, decimals, sign and size of the last number, hedges, refusal, how it ends, repeated lines; of an answer the first and last {AnswerFeatures.MaxChars / 2} characters";

    /// <summary>SHA-256 in hexadecimal of the specification and of the features that this code makes of a fixed prompt and answer.</summary>
    public static string Fingerprint { get; } = Compute();

    private static string Compute()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(FeatureSpec.Fingerprint));
        hash.AppendData(Encoding.UTF8.GetBytes(Text));
        // Rounded, since the last bit of a logarithm may differ between platforms.
        foreach (var value in AnswerFeatures.Of(ProbePrompt, ProbeAnswer))
            hash.AppendData(BitConverter.GetBytes((int)(value * 10_000)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
