using System.Text.Json;
using Sluice.Bedrock.Operations;
using Sluice.Simulator.Models;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>GetInferenceProfile of the control plane, for configured application profiles and for AWS's own.</summary>
internal static class ProfileLookup
{
    private const string Prefix = "/inference-profiles/";

    // No profile is older than the service's first day with profiles.
    private static readonly DateTimeOffset Created = new(2024, 8, 27, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The profile that a request asks for, or null where it asks for something else.</summary>
    public static string? Asked(string method, string rawTarget) =>
        method == "GET" && rawTarget.StartsWith(Prefix, StringComparison.Ordinal) && rawTarget.Length > Prefix.Length
            ? Uri.UnescapeDataString(rawTarget.Split('?')[0][Prefix.Length..])
            : null;

    public static void Write(string identifier, Caller caller, ModelCatalogue catalogue, Utf8JsonWriter json)
    {
        if (catalogue.Profile(identifier) is { } application)
        {
            WriteProfile(json, application.Name, application.Id, $"arn:aws:bedrock:{caller.Region}:{caller.AccountId}:application-inference-profile/{application.Id}", "APPLICATION", application.CopyFrom, caller);
            return;
        }
        var id = ModelIdentifier.Parse(identifier);
        if (id is not { Kind: ModelIdentifierKind.InferenceProfile, BaseModel: { } model } || ModelCatalogue.All.All(known => known.Id != model))
            throw new Refusal("ResourceNotFoundException", $"The inference profile {identifier} could not be found.");
        WriteProfile(json, id.ResourceId, id.ResourceId, $"arn:aws:bedrock:{caller.Region}:{caller.AccountId}:inference-profile/{id.ResourceId}", "SYSTEM_DEFINED", id.ResourceId, caller);
    }

    private static void WriteProfile(Utf8JsonWriter json, string name, string id, string arn, string type, string source, Caller caller)
    {
        json.WriteStartObject();
        json.WriteString("inferenceProfileName"u8, name);
        json.WriteString("createdAt"u8, IsoTime.Of(Created));
        json.WriteString("updatedAt"u8, IsoTime.Of(Created));
        json.WriteString("inferenceProfileArn"u8, arn);
        json.WriteStartArray("models"u8);
        json.WriteStartObject();
        json.WriteString("modelArn"u8, $"arn:aws:bedrock:{caller.Region}::foundation-model/{ModelIdentifier.Parse(source).BaseModel}");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("inferenceProfileId"u8, id);
        json.WriteString("status"u8, "ACTIVE"u8);
        json.WriteString("type"u8, type);
        json.WriteEndObject();
    }
}
