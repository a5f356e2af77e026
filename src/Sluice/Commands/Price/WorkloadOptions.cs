using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Core.Metering;

namespace Sluice.Commands.Price;

/// <summary>The options that say how much is priced: totals of a workload, and of how many calls it consists.</summary>
internal sealed class WorkloadOptions
{
    private readonly Option<long?> _input = Count("--input", "Input tokens that no prompt cache is involved in");
    private readonly Option<long?> _output = Count("--output", "Output tokens");
    private readonly Option<long?> _cacheRead = Count("--cache-read", "Input tokens read from the prompt cache");
    private readonly Option<long?> _cacheWrite5m = Count("--cache-write-5m", "Input tokens written to it for five minutes (OpenAI: 30)");
    private readonly Option<long?> _cacheWrite1h = Count("--cache-write-1h", "Input tokens written to it for an hour");
    private readonly Option<long?> _calls = Count("--calls", "Calls in the workload; decides the context band of one");

    private readonly Option<UnitCount[]> _counts = new("--count")
    {
        Description = "Units of another kind, such as search_unit=1000 or guardrail_content_unit=5000; repeatable",
        HelpName = "KIND=N",
        CustomParser = ParseCounts,
    };

    public WorkloadOptions(Command command)
    {
        foreach (var option in new Option[] { _input, _output, _cacheRead, _cacheWrite5m, _cacheWrite1h, _calls, _counts })
            command.Options.Add(option);
    }

    /// <summary>What is wrong with the options taken together, or null.</summary>
    public string? Problem(ParseResult parsed)
    {
        if (new Option[] { _input, _output, _cacheRead, _cacheWrite5m, _cacheWrite1h, _counts }.All(o => parsed.GetResult(o) is null))
            return "Say how much to price: --input, --output, --cache-read, --cache-write-5m, --cache-write-1h or --count.";
        return parsed.GetValue(_calls) == 0 ? "--calls 0: write the number of calls in the workload, at least 1, or leave it out." : null;
    }

    public Usage Usage(ParseResult parsed) => new()
    {
        Input = parsed.GetValue(_input) ?? 0,
        Output = parsed.GetValue(_output) ?? 0,
        CacheRead = parsed.GetValue(_cacheRead) ?? 0,
        CacheWrite5m = parsed.GetValue(_cacheWrite5m) ?? 0,
        CacheWrite1h = parsed.GetValue(_cacheWrite1h) ?? 0,
        Units = [.. parsed.GetValue(_counts) ?? []],
    };

    public long? Calls(ParseResult parsed) => parsed.GetValue(_calls);

    private static Option<long?> Count(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "N" };
        option.CustomParser = result =>
        {
            if (CountText.TryParse(result.Tokens[0].Value, out var count) && count == decimal.Truncate(count) && count <= long.MaxValue)
                return (long)count;
            result.AddError($"{name} {result.Tokens[0].Value}: write a whole number from 0 up such as 20000000, 20M or 1.5k.");
            return null;
        };
        return option;
    }

    private static UnitCount[] ParseCounts(ArgumentResult result)
    {
        var counts = new List<UnitCount>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split('=', 2);
            if (!UsageKinds.TryParse(parts[0], out var kind) || kind.IsToken())
                result.AddError($"--count {token.Value}: write KIND=N with a kind of {string.Join(", ", UsageKinds.All.Where(k => !k.IsToken()).Select(k => k.Name()))}.");
            else if (parts.Length < 2 || !CountText.TryParse(parts[1], out var count))
                result.AddError($"--count {token.Value}: write the number behind the kind, as in {parts[0]}=1000.");
            else
                counts.Add(new UnitCount(kind, count));
        }
        return [.. counts];
    }
}
