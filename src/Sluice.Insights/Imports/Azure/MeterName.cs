using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Insights.Imports.Azure;

/// <summary>
/// An Azure OpenAI meter's name, which people type: <c>GPT 5 outpt Glbl 1M Tokens</c>, <c>5.1 codex opt Gl 1M Tokens</c>. Words that say the
/// kind, the scope and the tier in any of their spellings are taken out; what is left is the model.
/// </summary>
internal sealed record MeterName
{
    private static readonly string[] Inputs = ["inp", "input", "inpt", "in", "prompt"];
    private static readonly string[] Outputs = ["outpt", "opt", "outp", "output", "out", "completion"];
    private static readonly string[] Caches = ["cchd", "cached", "cache", "cd", "cch"];
    private static readonly string[] Writes = ["wr", "wrt", "write", "writes"];
    private static readonly string[] Globals = ["glbl", "gl", "global"];
    private static readonly string[] Zones = ["dzone", "dz", "dzn", "datazone", "data", "zone"];
    private static readonly string[] Regionals = ["regnl", "rgnl", "regional", "reg"];
    private static readonly string[] Batches = ["batch", "btch"];
    private static readonly string[] Priorities = ["pp", "prty", "priority"];
    private static readonly string[] Others = ["1m", "1k", "tokens", "token", "tkns", "text", "txt", "std", "standard"];

    public string Model { get; private init; } = "";

    /// <summary>Null where the name tells no kind that Sluice has, such as units of provisioned throughput or minutes of audio.</summary>
    public UsageKind? Kind { get; private init; }

    /// <summary><c>global</c>, or <c>regional</c> for a region or a zone of several.</summary>
    public string Scope { get; private init; } = "regional";

    public bool IsBatch { get; private init; }

    public ServiceTier Tier { get; private init; }

    public static MeterName Parse(string text)
    {
        var name = new MeterName();
        var model = new List<string>();
        bool input = false, output = false, cached = false, written = false, other = false;
        foreach (var word in text.Split((char[])[' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries))
        {
            var plain = word.ToLowerInvariant();
            if (Inputs.Contains(plain))
                input = true;
            else if (Outputs.Contains(plain))
                output = true;
            else if (Caches.Contains(plain))
                cached = true;
            else if (Writes.Contains(plain))
                written = true;
            else if (Globals.Contains(plain))
                name = name with { Scope = "global" };
            else if (Batches.Contains(plain))
                name = name with { IsBatch = true };
            else if (Priorities.Contains(plain))
                name = name with { Tier = ServiceTier.Priority };
            else if (!Zones.Contains(plain) && !Regionals.Contains(plain) && !Others.Contains(plain))
                model.Add(word);
            other |= plain is "audio" or "aud" or "image" or "img" or "video" or "provisioned" or "ptu" or "hosting" or "training" or "session" or "search";
        }
        return name with
        {
            Model = string.Join(' ', model),
            Kind = other || (written && !cached) ? null : written && !output ? UsageKind.CacheWrite5m : cached && !output ? UsageKind.CacheRead : output && !input ? UsageKind.Output : input && !output ? UsageKind.Input : null,
        };
    }
}
