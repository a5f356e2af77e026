namespace Tidy.Sources;

public sealed class TypeDeclarationTests
{
    [Fact]
    public void FindsEveryKindOfTypeWithItsModifiersAndBases()
    {
        const string source = """
            namespace N;
            /// <summary>A class that is a class.</summary>
            public sealed partial class Outer<T>(IClock clock, Func<int, string> f) : Root(clock), IStage, N.IOther<Dictionary<string, int>>
                where T : class
            {
                private static class Log { }
                internal readonly record struct Point(int X);
                enum Colour { Red }
            }
            record Open;
            interface ISmall : IDisposable;
            """;

        var types = TypeDeclaration.In("f.cs", source).ToList();

        Assert.Equal(["Outer", "Log", "Point", "Colour", "Open", "ISmall"], types.Select(t => t.Name));
        Assert.Equal(["class", "class", "record struct", "enum", "record", "interface"], types.Select(t => t.Kind));
        Assert.Equal(["public", "sealed", "partial"], types[0].Modifiers);
        Assert.Equal(["Root", "IStage", "IOther"], types[0].Bases);
        Assert.Equal(["IDisposable"], types[5].Bases);
        Assert.Equal(3, types[0].Line);
        Assert.Equal(6, types[1].Line);
    }

    [Theory]
    [InlineData("where T : class")]
    [InlineData("var record = Class.Name;")]
    [InlineData("// class Foo { }")]
    [InlineData("""var s = "class Foo { }";""")]
    [InlineData("typeof(T).IsClass ? record : Struct(x);")]
    public void TakesNoOtherCodeForAType(string source) => Assert.Empty(TypeDeclaration.In("f.cs", source));
}
