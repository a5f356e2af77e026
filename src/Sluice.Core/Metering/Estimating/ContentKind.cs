namespace Sluice.Core.Metering.Estimating;

/// <summary>What a text is made of, as far as it decides how many characters make a token. Each kind has its own weights, its own error and its own calibration.</summary>
public enum ContentKind
{
    Prose,
    Code,
    Json,
    Csv,
    Markup,

    /// <summary>Mostly in a script other than Latin.</summary>
    Script,

    /// <summary>Long runs without words: base64, keys, digits.</summary>
    Dense,
}
