using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Simulator.Dialects;
using Sluice.Simulator.Dialects.Anthropic;
using Sluice.Simulator.Dialects.Converse;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>CountTokens, and the same of the Messages path. Both are free of charge.</summary>
internal static class TokenCounting
{
    public static void Count(Call call, JsonElement body, ModelCatalogue catalogue, Utf8JsonWriter json)
    {
        var target = Resolve(call, call.Match.ModelIdentifier!, catalogue);
        // Only some foundation models count, by their bare ids; profiles don't (measured in public code, 2026).
        if (!target.Model.CountsTokens || target.Profile is not null || target.ApplicationProfile is not null)
            throw Refusal.Validation("The provided model doesn't support counting tokens.");
        var input = body.Field("input"u8);
        json.WriteStartObject();
        if (input?.Field("converse"u8) is { } converse)
            json.WriteNumber("inputTokens"u8, ConverseReader.Read(converse, target.Model).Tokens);
        else if (input?.Field("invokeModel"u8)?.Field("body"u8) is { ValueKind: JsonValueKind.String } bytes && bytes.TryGetBytesFromBase64(out var inner))
            json.WriteNumber("inputTokens"u8, CountInvoke(inner, target.Model));
        else
            throw Refusal.Validation("1 validation error detected: Value null at 'input' failed to satisfy constraint: Member must not be null");
        json.WriteEndObject();
    }

    public static void CountMessages(Call call, JsonElement body, ModelCatalogue catalogue, Utf8JsonWriter json)
    {
        var identifier = body.Text("model"u8) ?? throw Refusal.Validation("model: Field required");
        var target = Resolve(call, identifier, catalogue);
        if (!target.Model.IsClaude)
            throw Refusal.Validation($"The model '{identifier}' is not served on this path.");
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, MessagesReader.Read(body, target.Model, invoked: false, needsLimit: false).Tokens);
        json.WriteEndObject();
    }

    private static long CountInvoke(byte[] inner, BedrockModel model)
    {
        try
        {
            using var body = JsonDocument.Parse(inner);
            return DialectTable.For(Operation.InvokeModel, model, body.RootElement).Read(body.RootElement, model).Tokens;
        }
        catch (JsonException)
        {
            throw RequestBody.Malformed();
        }
    }

    private static ModelTarget Resolve(Call call, string identifier, ModelCatalogue catalogue)
    {
        call.ModelIdentifier = identifier;
        return call.Target = catalogue.Resolve(identifier, 0);
    }
}
