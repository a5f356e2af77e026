using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Guards;

public sealed class LiteralGuardTests
{
    [Theory]
    [InlineData("What does `ls -l` do?", "What does `ls -a` do?")]
    [InlineData("Open https://example.com/a", "Open https://example.com/b")]
    [InlineData("Open www.example.com", "Open www.example.org")]
    [InlineData("Write to anna@example.com", "Write to berta@example.com")]
    [InlineData("Read /etc/hosts", "Read /etc/passwd")]
    [InlineData("Read (/etc/hosts)", "Read (/etc/passwd)")]
    [InlineData(@"Read C:\a.txt", @"Read C:\b.txt")]
    [InlineData("Is 1.2.3 out?", "Is 1.2.4 out?")]
    [InlineData("Call get_user", "Call get_order")]
    [InlineData("Call getUser", "Call getOrder")]
    [InlineData("Is gpt4-mini good?", "Is gpt4-nano good?")]
    [InlineData("Is well-known-gpt4-mini good?", "Is well-known-gpt4-nano good?")]
    public void DifferentLiteralsAreDifferentQuestions(string a, string b)
    {
        Assert.NotNull(Objection(a, b));
        Assert.NotNull(Objection(b, a));
        Assert.Null(Objection(a, a));
    }

    [Theory]
    [InlineData("Is it a well-known fact?", "Is it a known fact?")]
    [InlineData("Is this and/or that right?", "Is this or that right?")]
    [InlineData("Use `grep`", "Use grep")]
    [InlineData("Read /etc/hosts.", "Please read /etc/hosts, now")]
    public void WordsThatAreNoLiteralsMayDiffer(string a, string b) => Assert.Null(Objection(a, b));

    private static string? Objection(string a, string b) => new LiteralGuard().Objection(Wording.Of(a), Wording.Of(b));
}
