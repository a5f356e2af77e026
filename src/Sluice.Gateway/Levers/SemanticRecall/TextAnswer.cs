using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>Tells by their texts which answers are the same: equal JSON, or equal but for white space and a last full stop.</summary>
internal static class TextAnswer
{
    /// <summary>What a reply says; null for one that says nothing or is more than a text, such as the call of a tool.</summary>
    public static string? Read(InvocationRequest request, Reply reply, ReadOnlySpan<byte> body) =>
        AnswerReader.Read(request, "", reply, body) is { Calls.IsEmpty: true } answer && !string.IsNullOrWhiteSpace(answer.Text) ? answer.Text : null;

    /// <summary>What an answer of one partition is called: the same for answers that are the same.</summary>
    public static string IdOf(in SemanticQuestion question, string answer)
    {
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData([.. question.Partition.ToArray(), .. Encoding.UTF8.GetBytes($"{question.Partition.Tenant}\0{Normalised(answer)}")], digest);
        return CacheKey.Read(digest).ToString();
    }

    public static bool AreSame(string a, string b) => Normalised(a) == Normalised(b);

    /// <summary>Where the reply of an id lies.</summary>
    public static CacheKey KeyOf(string answerId) => new(Half(answerId.AsSpan(0, 32)), Half(answerId.AsSpan(32)));

    internal static string Normalised(string text)
    {
        if (CanonicalJson.Of(text) is { } json)
            return json;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words).TrimEnd('.');
    }

    private static UInt128 Half(ReadOnlySpan<char> digits) => UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
