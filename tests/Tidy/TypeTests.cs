using Tidy.Sources;

namespace Tidy;

/// <summary>How types are named and closed.</summary>
public sealed class TypeTests
{
    /// <summary>Suffixes that say nothing about what a thing is.</summary>
    private static readonly string[] Banned =
        ["Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Service", "Services", "Processor", "Info", "Data", "Impl", "Base"];

    /// <summary>Classes that are open to heirs, each with its reason.</summary>
    private static readonly Dictionary<string, string> Open = new(StringComparer.Ordinal);

    /// <summary>Interfaces that one type implements, each with its reason.</summary>
    private static readonly Dictionary<string, string> AloneBehindItsInterface = new(StringComparer.Ordinal)
    {
        ["ILedgerWriter"] = "It crosses the wall between gateway and ledger, which may not refer to each other.",
        ["IReplyArchive"] = "The same wall, for the stored replies on the disk.",
        ["IBudgetJournal"] = "The same wall, for what budgets hold and have spent.",
        ["IBudgetLeases"] = "The same wall, for limits that replicas share in PostgreSQL.",
    };

    private static readonly TypeDeclaration[] Types =
        [.. Repository.CSharp("src", "tests", "bench", "samples").SelectMany(file => TypeDeclaration.In(file, Repository.Read(file)))];

    private static readonly TypeDeclaration[] Product = [.. Types.Where(t => t.File.StartsWith("src/", StringComparison.Ordinal))];

    [Fact]
    public void NoNameEndsInAWordThatSaysNothing() => Rule.Holds(
        "A type is named for what it is (only a hosted service may be called Service):",
        Types.Where(t => Banned.Any(word => t.Name.EndsWith(word, StringComparison.Ordinal)) && !IsHostedService(t)).Select(t => t.Place));

    [Fact]
    public void NoFolderBearsTheNameOfATypeThatItsFilesCanSee() => Rule.Holds(
        "A folder is a topic, never a type: its namespace would hide the type's name:",
        from file in Repository.CSharp("src")
        let project = file.Split('/')[1]
        from folder in file.Split('/')[2..^1].Distinct()
        where Product.Any(t => t.Name == folder && (t.Project == project || (t.Has("public") && ProjectTests.MayRefer(project, t.Project))))
        select $"{file}: {folder}");

    [Fact]
    public void ClassesAreClosed()
    {
        var closed = Types.Where(t => t.Has("sealed") || t.Has("static") || t.Has("abstract")).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        Rule.Holds(
            "A class is sealed, static or abstract, unless the list of open ones gives its reason:",
            Types.Where(t => t.IsClass && !closed.Contains(t.Name) && !Open.ContainsKey(t.Name) && !IsBenchmark(t)).Select(t => t.Place));
    }

    [Fact]
    public void AnInterfaceHasTwoImplementations() => Rule.Holds(
        "An interface has at least two implementations in src/, or a reason on the list:",
        from declared in Product
        where declared.Kind == "interface" && !AloneBehindItsInterface.ContainsKey(declared.Name)
        where Product.Where(t => t.Bases.Contains(declared.Name)).Select(t => t.Name).Distinct(StringComparer.Ordinal).Count() < 2
        select declared.Place);

    [Fact]
    public void TheListsOfExceptionsAreAlive() => Rule.Holds(
        "An exception is for a type that exists:",
        Open.Keys.Concat(AloneBehindItsInterface.Keys).Where(name => Types.All(t => t.Name != name)));

    /// <summary>BenchmarkDotNet derives from the classes that it measures.</summary>
    private static bool IsBenchmark(TypeDeclaration type) =>
        type.File.StartsWith("bench/Sluice.Benchmarks/", StringComparison.Ordinal) && type.Name.EndsWith("Benchmarks", StringComparison.Ordinal);

    private static bool IsHostedService(TypeDeclaration type) =>
        type.Name.EndsWith("Service", StringComparison.Ordinal) && type.Bases.Any(b => b is "BackgroundService" or "IHostedService" or "IHostedLifecycleService");
}
