using Sluice.Gateway.Levers.Marking.Normalising;

namespace Sluice.Gateway.Tests.Levers.Marking.Normalising;

public sealed class BlankFormTests
{
    [Theory]
    [InlineData("You  help.\t Be  kind. ", "You help. Be kind.")]
    [InlineData("\r\n One\r\n\r\n\r\n Two \r\n", " One\n\n Two")]
    [InlineData("a  \nb", "a  \nb")]
    [InlineData("- list\n  - inner   item\n", "- list\n  - inner item")]
    [InlineData("Code:\n```\nx  =  1  \n\n\n\ny\n```\nthen  so", "Code:\n```\nx  =  1  \n\n\n\ny\n```\nthen so")]
    [InlineData("Code:\n\n    x  =  1\n", "Code:\n\n    x  =  1")]
    [InlineData("Say \"a  b\" when   asked.", "Say \"a  b\" when   asked.")]
    [InlineData("Say \"a\n\n\nb  c\"\nand  go", "Say \"a\n\n\nb  c\"\nand go")]
    [InlineData("Use `a  b`  here", "Use `a  b`  here")]
    [InlineData("~~~\nan open  fence  \n\n\n", "~~~\nan open  fence  \n\n\n")]
    [InlineData("<pre>a  b</pre>", "<pre>a  b</pre>")]
    [InlineData("   ", "   ")]
    [InlineData("plain", "plain")]
    public void WhiteSpaceGetsOneFormOutsideOfCodeAndQuotations(string text, string form) => Assert.Equal(form, BlankForm.Of(text));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheFormIsItsOwnFormAndKeepsEveryOtherCharacter(int seed)
    {
        var random = new Random(seed);
        string[] parts = [" ", "  ", "\t", "\n", "\n\n", "\r\n", "word", "\"", "`", "```\n", "~~~", "    ", "- ", "|", "é", "“", "<b>"];
        for (var round = 0; round < 2_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => parts[random.Next(parts.Length)]));
            var form = BlankForm.Of(text);

            Assert.Equal(form, BlankForm.Of(form));
            Assert.Equal(Solid(text), Solid(form));
            Assert.Equal(Words(text), Words(form));
            Assert.True(form.Length <= text.Length);
        }
    }

    private static string Solid(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static string[] Words(string text) => text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
