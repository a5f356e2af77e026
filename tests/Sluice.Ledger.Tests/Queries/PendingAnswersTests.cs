using Sluice.Core.Invocations;
using Sluice.Ledger.Tests.Harness;

namespace Sluice.Ledger.Tests.Queries;

public sealed class PendingAnswersTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The ledger tells after a restart which answers were asked for and not told yet.</summary>
    [Fact]
    public async Task AnswersThatNoReadHasToldArePending()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync([
            Asked("a", "resp_a"), Asked("b", "resp_b"), Asked("old", "resp_old") with { StartedAt = Start.AddDays(-40) },
            Asked("read", "resp_a") with { Operation = Operation.StoredResponses, AnswerPending = false },
            Asked("none", "x") with { AnswerId = null, AnswerPending = false },
        ]);
        using var reader = await folder.ReadAsync();
        Assert.Equal(["resp_b"], reader.PendingAnswers(Start.AddDays(-30)));
    }

    private static InvocationRecord Asked(string id, string answerId) => new()
    {
        InvocationId = id,
        StartedAt = Start,
        Operation = Operation.Responses,
        Outcome = Outcome.Completed,
        AnswerId = answerId,
        AnswerPending = true,
    };
}
