namespace Sluice.Core.Metering.Estimating;

/// <summary>
/// Tokens for each character or run of a class, in one kind of text. Fitted by least squares of the relative error to some 8,000 texts that are free to use (source
/// code, manuals, translations of programs, open data, traces of agents), and to none of the tables and answers that the tests hold them to.
/// </summary>
/// <param name="Error">Nine of ten texts are off by at most this share, measured on texts that the weights were not fitted to (docs/levers/trimming.md).</param>
internal sealed record TokenWeights(
    double Words, double Letters, double Humps, double Capitals, double Digits, double Numbers, double SpacedNumbers, double MarkRuns, double Marks,
    double Gaps, double Breaks, double Latin, double Lettered, double Ideographs, double Symbols, double Error)
{
    private static readonly TokenWeights Prose = new(0.533, 0.116, 0.52, 0.017, 0.254, 0.901, 0.95, 0.558, 0.134, 0.576, 0.653, 0.641, 0.533, 0.986, 0.965, Error: 0.12);
    private static readonly TokenWeights Code = new(0.698, 0.077, 0.494, 0.033, 0.119, 1.226, 1.166, 0.5, 0.106, 1.371, 0.376, 0.601, 0.585, 0.944, 1.058, Error: 0.11);
    private static readonly TokenWeights Json = new(0.878, 0, 1.346, 0.15, 0.138, 0.976, 0.85, 0.288, 0.378, 0.542, 1.293, 0.626, 0.35, 0.8, 0.9, Error: 0.09);
    private static readonly TokenWeights Csv = new(0.249, 0.156, 0.081, 0.062, 0.344, 0.624, 0.667, 0.574, 0.314, 0.219, 0.445, 0.6, 0.35, 0.8, 0.951, Error: 0.15);
    private static readonly TokenWeights Markup = new(0.75, 0.05, 0.312, 0.074, 0.2, 1.173, 0.447, 0.552, 0.164, 0.405, 0.372, 0.6, 0.35, 0.8, 0.928, Error: 0.07);
    private static readonly TokenWeights Script = new(0.892, 0.057, 0.101, 0.05, 0.373, 0.464, 0.638, 0.546, 0, 1.183, 2.659, 0.601, 0.308, 0.653, 0.89, Error: 0.18);
    private static readonly TokenWeights Dense = new(0.65, 0.341, 0.396, 0.294, 0.333, 0.341, 0.5, 0.593, 0.198, 0.5, 0.5, 0.6, 0.35, 0.8, 0.9, Error: 0.05);

    private static readonly TokenWeights[] ByKind = [Prose, Code, Json, Csv, Markup, Script, Dense];

    public static TokenWeights Of(ContentKind kind) => ByKind[(int)kind];

    public double Tokens(in CharacterCounts c) =>
        (Words * c.Words) + (Letters * c.Letters) + (Humps * c.Humps) + (Capitals * c.Capitals)
        + (Digits * c.Digits) + (Numbers * c.Numbers) + (SpacedNumbers * c.SpacedNumbers)
        + (MarkRuns * c.MarkRuns) + (Marks * c.Marks) + (Gaps * c.Gaps) + (Breaks * c.Breaks)
        + (Latin * c.Latin) + (Lettered * c.Lettered) + (Ideographs * c.Ideographs) + (Symbols * c.Symbols);
}
