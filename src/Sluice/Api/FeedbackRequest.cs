using System.Text.Json;

namespace Sluice.Api;

/// <summary>The body of <c>POST /api/feedback</c>, checked.</summary>
internal sealed record FeedbackRequest(string InvocationId, double Score, string? Comment)
{
    /// <summary>A comment is a word to the owner, no document.</summary>
    public const int MaxCommentChars = 2_000;

    /// <summary>Room for the longest comment with every character escaped.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxIdChars = 64;

    private const string Example = "send {\"invocation_id\": \"...\", \"score\": 0.8, \"comment\": \"optional\"}";

    /// <summary>Null with what is wrong and how to mend it; never with anything of the comment.</summary>
    public static FeedbackRequest? Parse(ReadOnlyMemory<byte> body, out string mistake)
    {
        mistake = $"The body is no JSON object; {Example}.";
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            string? id = null, comment = null;
            double? score = null;
            foreach (var member in json.RootElement.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "invocation_id" when member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 and <= MaxIdChars } text:
                        id = text;
                        break;
                    case "invocation_id":
                        mistake = $"invocation_id must be a text of 1 to {MaxIdChars} characters: what a reply says in x-sluice-invocation-id.";
                        return null;
                    case "score" when member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var number) && number is >= 0 and <= 1:
                        score = number;
                        break;
                    case "score":
                        mistake = "score must be a number from 0, useless, to 1, as good as can be.";
                        return null;
                    case "comment" when member.Value.ValueKind == JsonValueKind.Null:
                        break;
                    case "comment" when member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: <= MaxCommentChars } text:
                        comment = text;
                        break;
                    case "comment":
                        mistake = $"comment must be a text of at most {MaxCommentChars} characters, or left out.";
                        return null;
                    default:
                        mistake = $"There is no such field as '{member.Name}'; known are invocation_id, score and comment.";
                        return null;
                }
            }
            if (id is null || score is null)
            {
                mistake = $"{(id is null ? "invocation_id" : "score")} is missing; {Example}.";
                return null;
            }
            mistake = "";
            return new FeedbackRequest(id, score.Value, comment);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is no valid Unicode.
            return null;
        }
    }
}
