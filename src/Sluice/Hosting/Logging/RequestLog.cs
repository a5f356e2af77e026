using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway;
using Sluice.Gateway.Errors;

namespace Sluice.Hosting.Logging;

/// <summary>
/// One line for each request that fails, or for each at all if the owner wants that: who made it, what it asked for and
/// what became of it, never what it said. Failures are bounded, since a flood of them must not fill the disk.
/// </summary>
internal sealed partial class RequestLog(LogOutput output, TimeProvider time, ILogger<RequestLog> logger)
{
    private readonly LineQuota _quota = new(time);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var began = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Write(context, (long)time.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    private void Write(HttpContext context, long durationMs)
    {
        var status = context.Response.StatusCode;
        var isFailure = status >= StatusCodes.Status400BadRequest;
        var level = status >= StatusCodes.Status500InternalServerError ? LogLevel.Warning : LogLevel.Information;
        if (!(isFailure || output.Settings.Access) || !logger.IsEnabled(level))
            return;
        if (isFailure && !output.Settings.Access)
        {
            if (!_quota.TryTake(out var leftOut))
                return;
            if (leftOut > 0)
                Log.LeftOut(logger, leftOut);
        }
        logger.Log(level, new EventId(isFailure ? 30 : 31), Fields(context, status, durationMs), null, static (fields, _) => Words(fields));
    }

    private static List<KeyValuePair<string, object?>> Fields(HttpContext context, int status, long durationMs)
    {
        var invocation = context.Features.Get<Invocation>();
        return
        [
            new("Status", status),
            // AWS writes a namespace behind the name.
            new("ErrorType", Short(context.Response.Headers[RefusalReply.ErrorTypeHeader].ToString().Split(':')[0])),
            new("Method", Short(context.Request.Method)),
            new("Path", Short(context.Request.Path.Value)),
            new("Operation", invocation?.Request.Operation.Name()),
            new("Model", Short(invocation?.Request.Model?.Raw)),
            new("KeyId", Short(invocation?.Caller.KeyId)),
            new("App", Short(invocation?.Tags.GetValueOrDefault("app"))),
            new("InvocationId", invocation?.Id ?? Short(context.Response.Headers["x-sluice-invocation-id"].ToString())),
            new("DurationMs", durationMs),
        ];
    }

    /// <summary>Such as <c>403 AccessDeniedException: POST /model/x/converse, operation Converse, model x, app support, 12 ms</c>.</summary>
    private static string Words(List<KeyValuePair<string, object?>> fields)
    {
        var named = fields.ToDictionary(f => f.Key, f => Convert.ToString(f.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);
        string[] parts =
        [
            $"{named["Method"]} {named["Path"]}", Named("operation", "Operation"), Named("model", "Model"), Named("key", "KeyId"), Named("app", "App"),
            Named("invocation", "InvocationId"), $"{named["DurationMs"]} ms",
        ];
        return $"{named["Status"]}{(named["ErrorType"].Length > 0 ? " " + named["ErrorType"] : "")}: {string.Join(", ", parts.Where(p => p.Length > 0))}";

        string Named(string label, string field) => named[field].Length > 0 ? $"{label} {named[field]}" : "";
    }

    private static string? Short(string? text) => string.IsNullOrEmpty(text) ? null : PlainText.Of(text);

    private static partial class Log
    {
        [LoggerMessage(32, LogLevel.Warning, "{Count} failed requests before this one have no line, because there were too many")]
        public static partial void LeftOut(ILogger logger, long count);
    }
}
