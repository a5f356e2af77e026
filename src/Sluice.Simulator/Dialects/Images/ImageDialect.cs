using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Images;

/// <summary>Pictures by Amazon's models and by Stability's of three generations; each is the same small PNG in a colour of its own.</summary>
internal sealed class ImageDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt { Body = body, Images = 1 };
        if (IsAmazon(model))
        {
            if (body.Text("taskType"u8) is null)
                throw Refusal.MissingKey("taskType");
            var config = body.Field("imageGenerationConfig"u8);
            prompt.Images = Math.Clamp(config?.Int("numberOfImages"u8) ?? 1, 1, 5);
            if (model.Id.StartsWith("amazon.nova-canvas", StringComparison.Ordinal))
                prompt.PriceVariant = $"/{(Math.Max(config?.Int("width"u8) ?? 1_024, config?.Int("height"u8) ?? 1_024) > 1_024 ? "2048" : "1024")}/{config?.Text("quality"u8) ?? "standard"}";
        }
        else if (IsDiffusionXl(model))
        {
            if (!body.Items("text_prompts"u8).Any())
                throw Refusal.MissingKey("text_prompts");
            prompt.PriceVariant = "/1024/" + (body.Int("steps"u8) > 50 ? "max-steps" : "50-steps");
        }
        else if (body.Text("prompt"u8) is null && body.Text("image"u8) is null)
        {
            throw Refusal.MissingKey("prompt");
        }
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        if (IsDiffusionXl(reply.Model))
        {
            json.WriteString("result"u8, "success"u8);
            json.WriteStartArray("artifacts"u8);
            json.WriteStartObject();
            json.WriteNumber("seed"u8, reply.Dice.Next(int.MaxValue));
            json.WriteBase64String("base64"u8, SmallPng.Draw(reply.Dice));
            json.WriteString("finishReason"u8, "SUCCESS"u8);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else
        {
            if (!IsAmazon(reply.Model))
            {
                json.WriteStartArray("seeds"u8);
                json.WriteNumberValue(reply.Dice.Next(int.MaxValue));
                json.WriteEndArray();
                json.WriteStartArray("finish_reasons"u8);
                json.WriteNullValue();
                json.WriteEndArray();
            }
            json.WriteStartArray("images"u8);
            for (var i = 0; i < reply.Prompt.Images; i++)
                json.WriteBase64StringValue(SmallPng.Draw(reply.Dice));
            json.WriteEndArray();
            if (IsAmazon(reply.Model))
                json.WriteNull("error"u8);
        }
        json.WriteEndObject();
    }

    private static bool IsAmazon(BedrockModel model) => model.Id.StartsWith("amazon.", StringComparison.Ordinal);

    private static bool IsDiffusionXl(BedrockModel model) => model.Id.StartsWith("stability.stable-diffusion-xl", StringComparison.Ordinal);
}
