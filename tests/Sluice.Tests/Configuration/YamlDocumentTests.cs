using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class YamlDocumentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("---\n...\n")]
    [InlineData("{}")]
    [InlineData("~")]
    public void ADocumentWithoutSettingsIsRecognised(string text) => Assert.Null(YamlDocument.Read(text, "sluice.yaml"));

    [Theory]
    [InlineData(40)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void DeepFlowIsRefusedBeforeItIsRead(int depth) =>
        Refused("routes: " + new string('[', depth), "nested more than 32 levels deep");

    [Fact]
    public void DeepMappingsAreRefused() => Refused("routes: " + string.Concat(Enumerable.Repeat("{ a: ", 50_000)), "nested more than 32 levels deep");

    [Fact]
    public void DeepBlocksAreRefused()
    {
        Refused(string.Concat(Enumerable.Range(0, 1_000).Select(i => new string(' ', i) + "a:\n")), "nested more than 32 levels deep");
        Refused(string.Concat(Enumerable.Repeat("- ", 100_000)), "nested more than 32 levels deep");
    }

    [Fact]
    public void AliasesStandForValuesButCountAsWhatTheyStandFor()
    {
        Assert.NotNull(YamlDocument.Read("a: &x [1, 2]\nb: *x\n", "sluice.yaml"));
        Refused("a: &x [*x]", "stands for nothing that is complete before it");
        Refused("a: &x { b: *x }", "stands for nothing that is complete before it");
        Refused("a: *nothing", "stands for nothing");
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Refused(bomb, "more than 100000 values");
        var tower = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 2_000).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        Refused(tower, "nested more than 32 levels deep");
    }

    [Fact]
    public void ASecondDocumentIsRefusedRatherThanIgnored() => Refused("auth: required\n---\nauth: optional\n", "second document");

    [Fact]
    public void OtherThanAMappingIsRefused() => Refused("- a\n", "must be a mapping of settings");

    [Fact]
    public void AnEmptyFileIsRefusedThoughEmptyTextIsAllDefaults()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Contains("has no settings", Assert.Throws<ConfigurationException>(() => OptionsReader.ReadFile(file)).Message);
            File.WriteAllText(file, "#" + new string('x', 2_000_000));
            Assert.Contains("larger than 1 MB", Assert.Throws<ConfigurationException>(() => OptionsReader.ReadFile(file)).Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("/")]
    public void AFileThatCannotBeReadIsNamedAsSuch(string file) =>
        Assert.Contains("can't be read", Assert.Throws<ConfigurationException>(() => OptionsReader.ReadFile(file)).Message);

    private static void Refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<ConfigurationException>(() => YamlDocument.Read(text, "sluice.yaml")).Message);
}
