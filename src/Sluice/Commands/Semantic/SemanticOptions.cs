using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sluice.Hosting;
using Sluice.Lab.Semantics;

namespace Sluice.Commands.Semantic;

/// <summary>What several subcommands take.</summary>
internal static class SemanticOptions
{
    public static Argument<string> Pairs() => new("pairs") { Description = "JSON lines of {\"a\": text, \"b\": text, \"dup\": 0 or 1}, plain or gzip." };

    public static Option<int> Folds() => WholeNumber("--folds", "Into how many parts the pairs are dealt; texts that hang together stay together.", 5, 2, 20);

    public static Option<int> Seed() => WholeNumber("--seed", "The same seed deals and trains the same.", 1, 0, int.MaxValue);

    public static Option<bool> NoVerifier() => new("--no-verifier") { Description = "The embedder and the guards alone, which takes seconds." };

    public static Option<double> Precision()
    {
        var option = new Option<double>("--precision") { Description = "The share of right matches that the threshold is calibrated to.", DefaultValueFactory = _ => 0.95 };
        option.Validators.Add(result =>
        {
            // A text that is no number is the parser's to refuse.
            if (result.Tokens is [var said] && double.TryParse(said.Value, CultureInfo.InvariantCulture, out var share) && share is not (> 0 and < 1))
                result.AddError($"--precision {result.Tokens[^1].Value}: write a share between 0 and 1, such as 0.95.");
        });
        return option;
    }

    /// <summary>A token travels in a header, which holds printable ASCII alone. No message repeats it.</summary>
    public static Option<string?> Key(string description)
    {
        var option = new Option<string?>("--key") { Description = description, HelpName = "TOKEN" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var said] && (said.Value.Length == 0 || said.Value.AsSpan().ContainsAnyExceptInRange('!', '~')))
                result.AddError("--key is no token: a token is one word of ASCII letters, digits and signs, as 'sluice keys create' shows it.");
        });
        return option;
    }

    public static void IsAddress(OptionResult result)
    {
        if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            result.AddError($"--url {result.Tokens[^1].Value}: write an address such as http://127.0.0.1:8080.");
    }

    public static IReadOnlyList<LabelledPair> Read(string path)
    {
        try
        {
            return PairFile.Read(path);
        }
        catch (PairFileException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    private static Option<int> WholeNumber(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var said] && int.TryParse(said.Value, CultureInfo.InvariantCulture, out var number) && (number < least || number > most))
                result.AddError($"{name} {number}: write a whole number from {least} to {most}.");
        });
        return option;
    }
}
