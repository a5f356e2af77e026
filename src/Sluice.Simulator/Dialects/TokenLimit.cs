using Sluice.Simulator.Models;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects;

/// <summary>Checks the most tokens that a caller asks for.</summary>
internal static class TokenLimit
{
    /// <summary>For InvokeModel bodies, in the words of Bedrock's schema check.</summary>
    public static int? Check(int? tokens, BedrockModel model, string field)
    {
        if (tokens < 1)
            throw Refusal.Validation($"Malformed input request: #/{field}: {tokens} is not greater or equal to 1, please reformat your input and try again.");
        if (tokens > model.MaxOutputTokens)
            throw Refusal.Validation($"Malformed input request: #/{field}: {tokens} is not less or equal to {model.MaxOutputTokens}, please reformat your input and try again.");
        return tokens;
    }
}
