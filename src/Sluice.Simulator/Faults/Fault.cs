using System.Globalization;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Faults;

internal enum FaultKind
{
    None,
    /// <summary>An error before the first byte.</summary>
    Error,
    /// <summary>The connection is cut.</summary>
    Cut,
    /// <summary>The reply hangs, and is cut in the end.</summary>
    Stall,
    /// <summary>A frame is damaged, and the connection is cut behind it.</summary>
    Corrupt,
    /// <summary>A stream ends with an exception.</summary>
    StreamError,
    /// <summary>The headers are late; nothing else is wrong.</summary>
    SlowHeaders,
}

/// <summary>What goes wrong with one request.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="AfterFrames">How many frames of the reply are sent whole before it does; a plain reply is one frame, which then ends in its middle.</param>
/// <param name="Exception">The exception's name, for the two kinds of error.</param>
/// <param name="DelayMs">For late headers.</param>
internal readonly record struct Fault(FaultKind Kind, int AfterFrames = 0, string Exception = "", int DelayMs = 0)
{
    public const string Header = "x-simulator-fault";

    private static readonly string[] Errors =
        ["InternalServerException", "ServiceUnavailableException", "ModelNotReadyException", "ModelTimeoutException", "ModelErrorException"];

    private static readonly string[] StreamErrors =
        ["internalServerException", "modelStreamErrorException", "throttlingException", "serviceUnavailableException"];

    /// <summary>Reads the header: <c>throttle</c>, <c>error=Name</c>, <c>cut-after=3</c>, <c>stream-error=name@3</c>...</summary>
    /// <exception cref="Refusal">It can't be read; the message says what can.</exception>
    public static Fault Parse(string text)
    {
        var equals = text.IndexOf('=');
        var (name, value) = equals < 0 ? (text, "") : (text[..equals], text[(equals + 1)..]);
        return name switch
        {
            "throttle" => new(FaultKind.Error, Exception: "ThrottlingException"),
            "error" when Refusal.Knows(value) => new(FaultKind.Error, Exception: value),
            "cut-after" when Number(value) is { } frames => new(FaultKind.Cut, frames),
            "stall-after" when Number(value) is { } frames => new(FaultKind.Stall, frames),
            "corrupt-frame" when Number(value) is { } frame => new(FaultKind.Corrupt, frame),
            "slow-headers" when Number(value) is { } delay => new(FaultKind.SlowHeaders, DelayMs: delay),
            "stream-error" => StreamError(value),
            _ => throw Unreadable(text),
        };
    }

    /// <summary>Draws one by the configured chances.</summary>
    public static Fault Draw(FaultRates rates, Dice dice)
    {
        var roll = dice.NextDouble();
        var frames = dice.Next(12);
        return Take(ref roll, rates.Throttle) ? new(FaultKind.Error, Exception: "ThrottlingException")
            : Take(ref roll, rates.Error) ? new(FaultKind.Error, Exception: Errors[dice.Next(Errors.Length)])
            : Take(ref roll, rates.Cut) ? new(FaultKind.Cut, frames)
            : Take(ref roll, rates.Stall) ? new(FaultKind.Stall, frames)
            : Take(ref roll, rates.Corrupt) ? new(FaultKind.Corrupt, frames)
            : Take(ref roll, rates.StreamError) ? new(FaultKind.StreamError, frames, StreamErrors[dice.Next(StreamErrors.Length)])
            : Take(ref roll, rates.SlowHeaders) ? new(FaultKind.SlowHeaders, DelayMs: 250)
            : default;
    }

    private static bool Take(ref double roll, double chance)
    {
        var taken = roll >= 0 && roll < chance;
        roll -= chance;
        return taken;
    }

    private static Fault StreamError(string value)
    {
        var at = value.IndexOf('@');
        var name = at < 0 ? value : value[..at];
        var frames = at < 0 ? 2 : Number(value[(at + 1)..]);
        if (name.Length == 0 || frames is null)
            throw Unreadable("stream-error=" + value);
        return new(FaultKind.StreamError, frames.Value, char.ToLowerInvariant(name[0]) + name[1..]);
    }

    private static int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Refusal Unreadable(string text) => Refusal.Validation(
        $"The header {Header} is '{text}'; the simulator knows throttle, error=<exception>, cut-after=<frames>, stall-after=<frames>, corrupt-frame=<frames before it>, stream-error=<exception>[@<frames>] and slow-headers=<ms>.");
}
