using System.Diagnostics;

namespace Tidy;

/// <summary>What the compiler and the analysers don't already hold.</summary>
public sealed class StyleTests
{
    [Fact]
    public void NoRegions() => Rule.Holds(
        "A file that needs #region needs to be two files:",
        from file in Repository.CSharp("src", "tests", "bench", "samples")
        from line in Repository.Read(file).Split('\n').Index()
        where line.Item.TrimStart().StartsWith("#region", StringComparison.Ordinal)
        select $"{file}:{line.Index + 1}");

    [Fact]
    public void NoQualificationWithThis() => Rule.Holds(
        "A member needs no `this.`, and the build doesn't check it:",
        from file in Repository.CSharp("src", "tests", "bench")
        from line in Repository.Read(file).Split('\n').Index()
        where line.Item.TrimStart().StartsWith("this.", StringComparison.Ordinal) || line.Item.Contains(" this." + "_", StringComparison.Ordinal)
        select $"{file}:{line.Index + 1}");

    [Fact]
    public void UsingDirectivesAreSorted() => Rule.Holds(
        "System comes first, then the alphabet:",
        from file in Repository.CSharp("src", "tests", "bench")
        let names = Repository.Read(file).Split('\n')
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && line.IndexOfAny(['=', '(']) < 0)
            .Select(line => line["using ".Length..^1])
            .Where(name => !name.StartsWith("static ", StringComparison.Ordinal))
            .ToList()
        where !names.SequenceEqual(names.OrderBy(name => !IsOfSystem(name)).ThenBy(name => name, StringComparer.OrdinalIgnoreCase))
        select file);

    /// <summary>
    /// One of the three parts of `dotnet format`. The other two, style and analysers, are the build itself, where every warning is
    /// an error. Whitespace is judged by folder, which needs no project loaded.
    /// </summary>
    [Fact]
    public async Task DotnetFormatWouldChangeNoWhitespace()
    {
        const string arguments = "format whitespace . --folder --exclude artifacts --exclude node_modules --verify-no-changes";
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"Run: dotnet format\n{output}{await error}");
    }

    private static bool IsOfSystem(string name) => name == "System" || name.StartsWith("System.", StringComparison.Ordinal);
}
