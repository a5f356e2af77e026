using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Core.Invocations;

namespace Sluice.Simulator.Serving;

/// <summary>Errors in the shape of the path that was called: AWS's, OpenAI's or Anthropic's.</summary>
internal static class ErrorReplies
{
    public static void Write(HttpResponse response, Operation operation, Refusal refusal, string requestId)
    {
        response.StatusCode = refusal.Status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = refusal.Name + ":http://internal.amazon.com/coral/com.amazon.bedrock/";
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, ReplyJson.Options))
            Write(json, operation, refusal, requestId);
        response.ContentLength = body.WrittenCount;
        // Not flushed: the server does that when the call is over, and so after it was logged.
        response.BodyWriter.Write(body.WrittenSpan);
    }

    public static void Write(Utf8JsonWriter json, Operation operation, Refusal refusal, string? requestId)
    {
        switch (operation)
        {
            case Operation.ChatCompletions or Operation.Responses or Operation.Embeddings:
                WriteOpenAi(json, refusal);
                break;
            case Operation.Messages or Operation.MessagesCountTokens:
                WriteAnthropic(json, refusal, requestId);
                break;
            default:
                WriteAws(json, refusal, default);
                break;
        }
    }

    /// <summary>AWS's own: a message and, for a model's errors, what the model is said to have answered.</summary>
    public static void WriteAws(Utf8JsonWriter json, Refusal refusal, ReadOnlySpan<byte> originalMessage)
    {
        json.WriteStartObject();
        json.WriteString("message"u8, refusal.Message);
        if (!originalMessage.IsEmpty)
            json.WriteString(originalMessage, refusal.Message);
        if (refusal.Name is "ModelErrorException" or "ModelStreamErrorException")
            json.WriteNumber("originalStatusCode"u8, 500);
        json.WriteEndObject();
    }

    private static void WriteOpenAi(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("code"u8, refusal.Status switch
        {
            400 => "validation_error",
            403 => "access_denied",
            404 => "model_not_found",
            429 => "rate_limit_exceeded",
            _ => "internal_server_error",
        });
        json.WriteString("message"u8, refusal.Message);
        json.WriteNull("param"u8);
        json.WriteString("type"u8, refusal.Status switch
        {
            400 or 404 => "invalid_request_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            _ => "server_error",
        });
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAnthropic(Utf8JsonWriter json, Refusal refusal, string? requestId)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, refusal.Status switch
        {
            400 => "invalid_request_error",
            403 => "permission_error",
            404 => "not_found_error",
            429 => "rate_limit_error",
            503 => "overloaded_error",
            _ => "api_error",
        });
        json.WriteString("message"u8, refusal.Message);
        json.WriteEndObject();
        if (requestId is not null)
            json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }
}
