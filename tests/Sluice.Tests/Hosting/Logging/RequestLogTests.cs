using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Hosting.Logging;

namespace Sluice.Tests.Hosting.Logging;

public sealed class RequestLogTests
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    [Theory]
    [InlineData(400, LogLevel.Information)]
    [InlineData(403, LogLevel.Information)]
    [InlineData(503, LogLevel.Warning)]
    public async Task ARequestThatFailsHasOneLine(int status, LogLevel level)
    {
        await AskAsync(new LogSettings(), status, c => c.Response.Headers["x-amzn-ErrorType"] = "AccessDeniedException");
        var line = Assert.Single(_lines);
        Assert.Equal(level, line.Level);
        Assert.Matches($@"^{status} AccessDeniedException: POST /model/x/converse, \d+ ms$", line.Text);
    }

    [Fact]
    public async Task ARequestThatSucceedsHasOneOnlyWhereTheOwnerWantsThat()
    {
        await AskAsync(new LogSettings(), 200);
        Assert.Empty(_lines);
        await AskAsync(new LogSettings { Access = true }, 200);
        Assert.StartsWith("200: POST /model/x/converse", Assert.Single(_lines).Text);
    }

    [Fact]
    public async Task AFloodOfFailuresIsBounded()
    {
        var log = Log(new LogSettings());
        for (var i = 0; i < 5_000; i++)
            await log.InvokeAsync(Context(), c => Answer(c, 400));
        Assert.InRange(_lines.Count, LineQuota.Burst, 1_000);
    }

    [Fact]
    public async Task ARequestThatThrowsIsStillLogged()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Log(new LogSettings { Access = true }).InvokeAsync(Context(), _ => throw new InvalidOperationException()));
        Assert.Single(_lines);
    }

    private Task AskAsync(LogSettings settings, int status, Action<HttpContext>? also = null) => Log(settings).InvokeAsync(Context(), c =>
    {
        also?.Invoke(c);
        return Answer(c, status);
    });

    private RequestLog Log(LogSettings settings) => new(new LogOutput(settings), TimeProvider.System, new Lines(_lines));

    private static DefaultHttpContext Context() => new() { Request = { Method = "POST", Path = "/model/x/converse" } };

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private sealed class Lines(List<(LogLevel, string)> lines) : ILogger<RequestLog>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add((logLevel, formatter(state, exception)));
    }
}
