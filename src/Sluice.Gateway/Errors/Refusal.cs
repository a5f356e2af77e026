namespace Sluice.Gateway.Errors;

/// <summary>
/// An error that Sluice makes itself: AWS's name for it, so that every SDK raises the right exception, and a message that
/// names the thing, the value and the fix.
/// </summary>
public sealed record Refusal(int Status, string ErrorType, string Message)
{
    /// <summary>Whole seconds after which another try is worth while; null where nobody can say.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The methods that the path takes, for the Allow field; null where the method is not the matter.</summary>
    public string? AllowedMethods { get; init; }

    public static Refusal Validation(string message) => new(400, "ValidationException", message);

    public static Refusal TooLarge(string message) => new(413, "ValidationException", message);

    public static Refusal MissingCredentials(string message) => new(403, "MissingAuthenticationTokenException", message);

    public static Refusal UnknownCredentials(string message) => new(403, "UnrecognizedClientException", message);

    public static Refusal InvalidSignature(string message) => new(403, "InvalidSignatureException", message);

    public static Refusal ExpiredCredentials(string message) => new(403, "ExpiredTokenException", message);

    public static Refusal AccessDenied(string message) => new(403, "AccessDeniedException", message);

    /// <summary>No SDK tries this one again.</summary>
    public static Refusal QuotaExceeded(string message) => new(400, "ServiceQuotaExceededException", message);

    public static Refusal NotFound(string message) => new(404, "ResourceNotFoundException", message);

    public static Refusal UnknownOperation(string message) => new(404, "UnknownOperationException", message);

    public static Refusal MethodNotAllowed(string message, string allowed) => new(405, "UnknownOperationException", message) { AllowedMethods = allowed };

    /// <summary>SDKs retry this one.</summary>
    public static Refusal SlowRequest(string message) => new(408, "RequestTimeoutException", message);

    public static Refusal Timeout(string message) => new(408, "ModelTimeoutException", message);

    /// <summary>SDKs retry this one, later than others.</summary>
    public static Refusal Throttled(string message) => new(429, "ThrottlingException", message);

    /// <summary>SDKs retry this one.</summary>
    public static Refusal Unavailable(string message) => new(503, "ServiceUnavailableException", message);

    public static Refusal Internal(string message) => new(500, "InternalServerException", message);
}
