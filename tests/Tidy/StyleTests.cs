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

    /// <summary>
    /// Two of the three parts of `dotnet format`: the third, analysers, is the build itself, where every warning is an error.
    /// Whitespace is judged by folder, which needs no project loaded and takes a sixth of the time.
    /// </summary>
    [Theory]
    [InlineData("whitespace . --folder --exclude artifacts --exclude node_modules --verify-no-changes")]
    [InlineData("style Sluice.slnx --no-restore --verify-no-changes")]
    public async Task DotnetFormatWouldChangeNothing(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", $"format {arguments}")
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
}
