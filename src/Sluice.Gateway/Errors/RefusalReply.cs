using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;

namespace Sluice.Gateway.Errors;

/// <summary>Puts a refusal into the shape that the caller's own protocol has for errors.</summary>
public static class RefusalReply
{
    /// <summary>The field that AWS SDKs read the exception's name from.</summary>
    public const string ErrorTypeHeader = "x-amzn-ErrorType";

    // The body is JSON and nothing else, so quotation marks need no escape that HTML would.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Reply ToReply(this Refusal refusal, Operation operation) => refusal.ToReply(WireProtocols.Of(operation));

    public static Reply ToReply(this Refusal refusal, WireProtocol protocol)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
        {
            json.WriteStartObject();
            switch (protocol)
            {
                case WireProtocol.OpenAi:
                    json.WriteStartObject("error");
                    json.WriteString("message", refusal.Message);
                    json.WriteString("type", OpenAiType(refusal.Status));
                    json.WriteString("code", refusal.ErrorType);
                    json.WriteNull("param");
                    json.WriteEndObject();
                    break;
                case WireProtocol.Anthropic:
                    json.WriteString("type", "error");
                    json.WriteStartObject("error");
                    json.WriteString("type", AnthropicType(refusal.Status));
                    json.WriteString("message", refusal.Message);
                    json.WriteEndObject();
                    break;
                default:
                    json.WriteString("message", refusal.Message);
                    break;
            }
            json.WriteEndObject();
        }
        var headers = new HeaderList(4)
        {
            { "Content-Type", "application/json" },
            { ErrorTypeHeader, refusal.ErrorType },
        };
        if (refusal.RetryAfterSeconds is { } seconds)
            headers.Add("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        if (refusal.AllowedMethods is { } allowed)
            headers.Add("Allow", allowed);
        return Reply.Plain(refusal.Status, headers, body.WrittenMemory);
    }

    private static string OpenAiType(int status) => status switch
    {
        401 or 403 => "authentication_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string AnthropicType(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
