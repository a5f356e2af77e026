using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Simulator.Models;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>What the mantle endpoint has beside the operations that call a model: its models, and responses that were stored.</summary>
internal static class OpenAiPaths
{
    private const string Models = "/v1/models";
    private const string Responses = "/v1/responses/";

    // Its first models came with the endpoint itself.
    private static readonly DateTimeOffset Created = new(2025, 12, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether a request is one of these; it is named on the call if so.</summary>
    public static bool Matches(Call call, string target)
    {
        var path = target.Split('?')[0];
        if (call.Http.Request.Method != "GET")
            return false;
        var name = path == Models ? "ListModels" : ResponseId(path) is not null ? "GetResponse" : null;
        if (name is null)
            return false;
        call.OperationName = name;
        call.ErrorsAs = Operation.Responses;
        return true;
    }

    public static void Answer(Simulation world, Call call, string target, Utf8JsonWriter json)
    {
        if (ResponseId(target.Split('?')[0]) is { } id)
            world.Responses.Write(json, call.Caller.AccountId, id);
        else
            WriteModels(json);
    }

    /// <summary>The refusal of a path that Bedrock doesn't have, in the shape of its neighbours, and with the path that was meant where it is plain.</summary>
    public static Refusal Unknown(Call call, string target)
    {
        var path = target.Split('?')[0];
        var isAnthropic = path.StartsWith("/anthropic/", StringComparison.Ordinal) || path.StartsWith("/v1/messages", StringComparison.Ordinal);
        if (isAnthropic)
            call.ErrorsAs = Operation.Messages;
        else if (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/openai/", StringComparison.Ordinal))
            call.ErrorsAs = Operation.Responses;
        var hint = path switch
        {
            _ when path.StartsWith("/v1/messages", StringComparison.Ordinal) => $" Bedrock has Anthropic's API at /anthropic{path}: set the client's base URL to end in /anthropic.",
            "/openai/v1/models" => " Bedrock lists its models at /v1/models.",
            _ => "",
        };
        return new Refusal("UnknownOperationException", $"The simulator has no operation {call.Http.Request.Method} {path}.{hint}");
    }

    private static string? ResponseId(string path)
    {
        var rest = path.StartsWith("/openai" + Responses, StringComparison.Ordinal) ? path["/openai".Length..] : path;
        return rest.StartsWith(Responses, StringComparison.Ordinal) && rest.Length > Responses.Length && !rest.AsSpan(Responses.Length).Contains('/')
            ? Uri.UnescapeDataString(rest[Responses.Length..])
            : null;
    }

    /// <summary>The endpoint knows its models by ids without Bedrock's own version behind.</summary>
    private static void WriteModels(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in ModelCatalogue.All.Where(m => m.WritesText && !m.Id.Contains(':') && BedrockModel.WithoutVersion(m.Id) == m.Id).OrderBy(m => m.Id, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, model.Id);
            json.WriteString("object"u8, "model"u8);
            json.WriteNumber("created"u8, Created.ToUnixTimeSeconds());
            json.WriteString("owned_by"u8, "system"u8);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
