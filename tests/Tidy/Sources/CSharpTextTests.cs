namespace Tidy.Sources;

public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("a // b", "a     ")]
    [InlineData("a /* b\nc */ d", "a     \n     d")]
    [InlineData("x = \"a\\\"b\" + y", "x =        + y")]
    [InlineData("x = @\"a\\\" + y", "x =       + y")]
    [InlineData("x = @\"a\"\"b\" + y", "x =         + y")]
    [InlineData("x = $\"{a} b\" + y", "x =          + y")]
    [InlineData("x = \"\"\"a \"b\" c\"\"\" + y", "x =               + y")]
    [InlineData("x = '\"' + y", "x =     + y")]
    [InlineData("x = '\\'' + \"\" + y", "x =      +    + y")]
    [InlineData("x = \"// no\"; y", "x =        ; y")]
    public void BlanksCommentsAndLiteralsAndNothingElse(string source, string code) => Assert.Equal(code, CSharpText.CodeOnly(source));
}
