using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>Tells by their texts which answers are the same.</summary>
internal static class TextAnswer
{
    /// <summary>
    /// What an answer of one partition is called: equal for answers that differ in white space or a last full stop alone. Null
    /// for one that is more than a text, such as the call of a tool.
    /// </summary>
    public static string? IdOf(in SemanticQuestion question, InvocationRequest request, Reply reply, ReadOnlySpan<byte> body)
    {
        if (AnswerReader.Read(request, "", reply, body) is not { Calls.IsEmpty: true } answer || Normalised(answer.Text) is not { Length: > 0 } text)
            return null;
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData([.. question.Partition.ToArray(), .. Encoding.UTF8.GetBytes($"{question.Partition.Tenant}\0{text}")], digest);
        return CacheKey.Read(digest).ToString();
    }

    /// <summary>Where the reply of an id lies.</summary>
    public static CacheKey KeyOf(string answerId) => new(Half(answerId.AsSpan(0, 32)), Half(answerId.AsSpan(32)));

    internal static string Normalised(string text)
    {
        var words = text.Normalize().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words).TrimEnd('.');
    }

    private static UInt128 Half(ReadOnlySpan<char> digits) => UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
