using System.CommandLine;
using System.Globalization;
using System.Text;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Commands.Trim;

/// <summary><c>sluice trim [FILE]</c>: what trimming would send in place of a text, and what that saves.</summary>
public static class TrimCommand
{
    private const string Help = """
        Print what trimming would send in place of a text. Standard error has the tokens before and after.

        Without FILE, standard input is read. Without --as, only what is data beyond doubt is trimmed, as in traffic that
        nobody marked: the whole text, or all between tags such as <document>, is an HTML table, an HTML page or JSON.
        With --as text, data is looked for in prose as well, as where the owner marks a text as data.

        Examples:
          sluice trim page.html
          sluice trim table.html --as html-table --to markdown
          sluice trim fragment.html --as html --keep-urls > content.md
          curl -s https://example.com/data.json | sluice trim > compact.json
          sluice trim prompt.txt --as text

        Exit codes: 0 printed, also where there was nothing to trim; 2 wrong usage; 3 could not run.
        """;

    /// <summary>The command, ready to be added to the root.</summary>
    /// <param name="standardInput">Opens what is read without FILE.</param>
    public static Command Create(Func<Stream> standardInput)
    {
        var file = new Argument<string?>("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "A text in UTF-8; standard input without it, or with -" };
        file.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] and { Length: > 1 } name }])
                result.AddError($"{name} is no option of trim; a file of that name is ./{name}.");
        });
        var shape = Choice<TextShape?>("--as", "What the text is; without it that is found out", ("html-table", TextShape.HtmlTable), ("html", TextShape.HtmlPage), ("json", TextShape.Json), ("text", TextShape.Text));
        var to = Choice("--to", "What HTML tables become: csv (the default) or markdown", ("csv", TableFormat.Csv), ("markdown", TableFormat.Markdown));
        var keepUrls = new Option<bool>("--keep-urls") { Description = "Keep where links lead" };
        var command = new Command("trim", Help) { file, shape, to, keepUrls };
        command.SetAction(parsed =>
        {
            var error = parsed.InvocationConfiguration.Error;
            if (!TryRead(parsed.GetValue(file), standardInput, error, out var text))
                return ExitCode.CouldNotRun;
            var options = TrimOptions.Default with { Table = parsed.GetValue(to), KeepUrls = parsed.GetValue(keepUrls) };
            var result = parsed.GetValue(shape) is { } known ? TextTrimmer.TrimAs(text, known, options) : TextTrimmer.TrimProvable(text, options);
            parsed.InvocationConfiguration.Output.Write(result.Text);
            Report(error, text, result);
            return ExitCode.Ok;
        });
        return command;
    }

    private static bool TryRead(string? file, Func<Stream> standardInput, TextWriter error, out string text)
    {
        text = "";
        try
        {
            using var stream = file is null or "" or "-" ? standardInput() : File.OpenRead(file);
            using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            text = reader.ReadToEnd().TrimStart('\ufeff');
            return true;
        }
        catch (DecoderFallbackException)
        {
            error.WriteLine($"{file ?? "Standard input"} is not text in UTF-8; convert it first, for instance with iconv -t UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{file ?? "Standard input"} can't be read: {e.Message}");
        }
        return false;
    }

    private static void Report(TextWriter error, string text, TrimResult result)
    {
        var (before, after) = (TokenEstimator.Estimate(text), TokenEstimator.Estimate(result.Text));
        var fewer = before.Tokens == 0 ? 0 : 1 - ((double)after.Tokens / before.Tokens);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tokens: {Words(before)} before, {Words(after)} after, {fewer * 100:0.0} % fewer (estimated)"));
        foreach (var (why, count) in result.Edits.CountBy(edit => edit.Why, StringComparer.Ordinal))
            error.WriteLine(count == 1 ? why : $"{why} ({count} times)");
        if (result.LeftAlone is { } reason)
            error.WriteLine(reason);
        else if (!result.IsChanged)
            error.WriteLine("nothing to trim was found; --as says what the text is");
    }

    private static string Words(TokenEstimate estimate) => string.Create(CultureInfo.InvariantCulture, $"{estimate.Tokens:#,0} (±{estimate.RelativeError * 100:0} %)");

    private static Option<T> Choice<T>(string name, string description, params (string Word, T Value)[] choices) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', choices.Select(choice => choice.Word)),
        CustomParser = result =>
        {
            foreach (var (word, value) in choices)
            {
                if (result.Tokens[0].Value == word)
                    return value;
            }
            result.AddError($"{name} {result.Tokens[0].Value}: write {string.Join(", ", choices[..^1].Select(choice => choice.Word))} or {choices[^1].Word}.");
            return default!;
        },
    };
}
