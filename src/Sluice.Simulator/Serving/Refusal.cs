using System.Collections.Frozen;

namespace Sluice.Simulator.Serving;

/// <summary>A request that Bedrock turns down: the exception's name, its status and what it says.</summary>
internal sealed class Refusal(string name, string message) : Exception(message)
{
    /// <summary>Every error of the runtime's model with its status, and the common errors of AWS's front door.</summary>
    private static readonly FrozenDictionary<string, int> Statuses = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["AccessDeniedException"] = 403,
        ["ConflictException"] = 400,
        ["InternalServerException"] = 500,
        ["ModelErrorException"] = 424,
        ["ModelNotReadyException"] = 429,
        ["ModelStreamErrorException"] = 424,
        ["ModelTimeoutException"] = 408,
        ["ResourceNotFoundException"] = 404,
        ["ServiceQuotaExceededException"] = 400,
        ["ServiceUnavailableException"] = 503,
        ["ThrottlingException"] = 429,
        ["ValidationException"] = 400,
        ["MissingAuthenticationTokenException"] = 403,
        ["UnrecognizedClientException"] = 403,
        ["InvalidSignatureException"] = 403,
        ["ExpiredTokenException"] = 403,
        ["UnknownOperationException"] = 404,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public string Name { get; } = name;

    public int Status { get; } = Statuses.GetValueOrDefault(name, 400);

    public static Refusal Validation(string message) => new("ValidationException", message);

    /// <summary>A required field is missing from an InvokeModel body, in the words of Bedrock's schema check.</summary>
    public static Refusal MissingKey(string key) =>
        Validation($"Malformed input request: #: required key [{key}] not found, please reformat your input and try again.");

    public static Refusal TooManyTokens() => new("ThrottlingException", "Too many tokens, please wait before trying again.");

    public static Refusal TooManyRequests() => new("ThrottlingException", "Too many requests, please wait before trying again.");

    public static bool Knows(string name) => Statuses.ContainsKey(name);

    /// <summary>The name as the model spells it, whatever the case of the first letter: <c>throttlingException</c>.</summary>
    public static string Spell(string name) => Statuses.Keys.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    /// <summary>What an error says that was asked for as a fault.</summary>
    public static Refusal OnRequest(string name) => Spell(name) switch
    {
        "ThrottlingException" => TooManyRequests(),
        "InternalServerException" => new("InternalServerException", "The system encountered an unexpected error during processing. Try your request again."),
        "ServiceUnavailableException" => new("ServiceUnavailableException", "Bedrock is unable to process your request."),
        "ModelTimeoutException" => new("ModelTimeoutException", "Model has timed out in processing the request. Try your request again."),
        "ModelNotReadyException" => new("ModelNotReadyException", "The model is not ready for inference. Wait and try your request again."),
        "ModelErrorException" => new("ModelErrorException", "The system encountered an unexpected error during processing. Try your request again."),
        "ModelStreamErrorException" => new("ModelStreamErrorException", "The system encountered an unexpected error during processing. Try your request again."),
        "AccessDeniedException" => new("AccessDeniedException", "You don't have access to the model with the specified model ID."),
        var spelt => new(spelt, $"The simulator was asked for this {spelt}."),
    };
}
