using Microsoft.Data.Sqlite;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;

namespace Sluice.Api;

/// <summary>Answers for what the HTTP API could not do, such as reading a ledger whose disk is full, in place of an empty 500.</summary>
internal static partial class ApiFaults
{
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var isState = e is LedgerUnavailableException or SqliteException or BudgetStateException or IOException or UnauthorizedAccessException;
            if (!isState)
                Log.Failed(logger, e, context.Request.Method, context.Request.Path);
            await SluiceApi.Mistake(
                isState ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError,
                isState ? $"This can't be answered now: {e.Message} See /readyz; ask again once the disk and the data directory are well." : "Sluice failed on this request; its log says why.").ExecuteAsync(context);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(33, LogLevel.Error, "{Method} {Path} failed inside Sluice")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string path);
    }
}
