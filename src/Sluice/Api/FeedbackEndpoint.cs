using Sluice.Core.Invocations;
using Sluice.Hosting;
using Sluice.Ledger.Feedback;
using Sluice.Ledger.Queries;

namespace Sluice.Api;

/// <summary><c>POST /api/feedback</c>: a caller's word on an answer; an admin key's on any. The last word of a key about an invocation holds.</summary>
internal sealed class FeedbackEndpoint(ApiAccess access, FeedbackFile file, SnapshotCompiler compiler, TimeProvider time)
{
    /// <summary>A score below says that the answer was none to the question.</summary>
    private const double RightFrom = 0.5;

    public async Task<IResult> HandleAsync(HttpContext context, string dataDirectory, CancellationToken cancellationToken)
    {
        if (access.CallerOf(context) is not { } caller)
            return Mistake(StatusCodes.Status403Forbidden, "Feedback needs a Sluice key, as a bearer token or x-api-key.");
        if (await ReadAsync(context.Request, cancellationToken) is not { } body)
            return Mistake(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {FeedbackRequest.MaxBytes} bytes; send a shorter comment.");
        if (FeedbackRequest.Parse(body, out var mistake) is not { } request)
            return Mistake(StatusCodes.Status400BadRequest, mistake);
        try
        {
            using var ledger = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
            // Whose invocation it is stays unsaid, as does whether there is one at all.
            if (ledger.Find(request.InvocationId) is not { } record || (!caller.IsAdmin && record.KeyId != caller.KeyId))
                return Mistake(StatusCodes.Status404NotFound, $"This key has made no invocation '{request.InvocationId}' that has ended; x-sluice-invocation-id of a reply names one.");
            file.Add(new FeedbackEntry { InvocationId = request.InvocationId, KeyId = caller.KeyId, Score = request.Score, Comment = request.Comment, At = time.GetUtcNow() });
            // Of an answer that was given from memory it is a label, too.
            _ = compiler.Semantic.Hear(request.InvocationId, isRight: request.Score >= RightFrom);
            return Results.NoContent();
        }
        catch (Exception e) when (e is LedgerUnavailableException or IOException or UnauthorizedAccessException)
        {
            return Mistake(StatusCodes.Status503ServiceUnavailable, $"The feedback is not stored, send it again later: {e.Message}");
        }
    }

    /// <summary>Null for a body that is too large.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var bytes = new byte[FeedbackRequest.MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length == bytes.Length ? null : bytes.AsMemory(0, length);
    }

    private static IResult Mistake(int status, string message) => Results.Problem(message, statusCode: status);
}
