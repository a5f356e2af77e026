using System.Text.Json;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// Recorded calls of which both the texts' estimates and the count are known, to learn from how many tokens their models make
/// of a text. Each replay begins with the same knowledge, since what one learns as it goes must not favour the next.
/// </summary>
internal sealed class CalibrationSamples
{
    private readonly List<(string Model, TokenEstimate[] Texts, long Tokens)> _samples = [];

    public int Count => _samples.Count;

    public TokenCalibration Calibrated()
    {
        var calibration = new TokenCalibration();
        foreach (var (model, texts, tokens) in _samples)
            calibration.Observe(model, texts, tokens);
        return calibration;
    }

    public void Add(RecordedCall call)
    {
        if ((call.AsSent ?? call.Told) is not { ContextTokens: > 0 } usage || ModelIdentifier.Parse(call.ModelId).BaseModel is not { } model)
            return;
        var dialect = RequestReader.Read(call.Operation, call.ModelId, _ => null, call.Request.Span).Dialect;
        if (TextsOf(dialect, call.Request.Span) is { } texts)
            _samples.Add((model, texts, usage.ContextTokens));
    }

    /// <summary>The raw estimates of all texts of a prompt; null where it has more than texts, or can't be read.</summary>
    public static TokenEstimate[]? TextsOf(Dialect dialect, ReadOnlySpan<byte> body)
    {
        using var outline = PromptOutline.Read(dialect, body);
        if (!outline.IsComplete || outline.HasImages)
            return null;
        var texts = new List<TokenEstimate>();
        foreach (var (_, token) in outline.Texts)
        {
            var reader = new Utf8JsonReader(token.In(body));
            if (reader.Read() && reader.TokenType == JsonTokenType.String)
                texts.Add(TokenEstimator.Estimate(reader.GetString()!));
        }
        return [.. texts];
    }
}
