using System.Text.Json;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>Learns from recorded calls how many tokens their models make of a text, so that what trimming takes out is counted as they would.</summary>
internal sealed class CalibrationLearner(TokenCalibration calibration)
{
    public int Observed { get; private set; }

    public void Observe(RecordedCall call)
    {
        if ((call.AsSent ?? call.Told) is not { ContextTokens: > 0 } usage || ModelIdentifier.Parse(call.ModelId).BaseModel is not { } model)
            return;
        var dialect = RequestReader.Read(call.Operation, call.ModelId, _ => null, call.Request.Span).Dialect;
        if (TextsOf(dialect, call.Request.Span) is not { } texts)
            return;
        calibration.Observe(model, texts, usage.ContextTokens);
        Observed++;
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
