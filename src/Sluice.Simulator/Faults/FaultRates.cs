using System.Globalization;

namespace Sluice.Simulator;

/// <summary>The chance of each fault, from 0 to 1; together at most 1, since a request has at most one.</summary>
public sealed record FaultRates
{
    public static FaultRates None { get; } = new();

    public double Throttle { get; init; }

    /// <summary>A server error before the first byte: internal, unavailable, not ready, timed out or model error.</summary>
    public double Error { get; init; }

    /// <summary>The connection is cut in the middle of the reply.</summary>
    public double Cut { get; init; }

    /// <summary>The reply stops in the middle and is cut after <see cref="SimulatorOptions.StallFor"/>.</summary>
    public double Stall { get; init; }

    /// <summary>One frame of a stream is damaged, and the connection is cut behind it.</summary>
    public double Corrupt { get; init; }

    /// <summary>A stream ends with an exception of the model.</summary>
    public double StreamError { get; init; }

    /// <summary>The headers come a quarter of a second late.</summary>
    public double SlowHeaders { get; init; }

    public bool Any => Total > 0;

    private double Total => Throttle + Error + Cut + Stall + Corrupt + StreamError + SlowHeaders;

    /// <summary>Reads <c>throttle=0.02,cut=0.01</c>; the names are throttle, error, cut, stall, corrupt, stream-error and slow-headers.</summary>
    /// <exception cref="FormatException">A name is unknown or a rate isn't a number from 0 to 1; the message says which.</exception>
    public static FaultRates Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rates = None;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals];
            if (equals < 0 || !double.TryParse(part.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || rate is not (>= 0 and <= 1))
                throw new FormatException($"The fault rate '{part}' isn't a number from 0 to 1; write it as {name}=0.01.");
            rates = name switch
            {
                "throttle" => rates with { Throttle = rate },
                "error" => rates with { Error = rate },
                "cut" => rates with { Cut = rate },
                "stall" => rates with { Stall = rate },
                "corrupt" => rates with { Corrupt = rate },
                "stream-error" => rates with { StreamError = rate },
                "slow-headers" => rates with { SlowHeaders = rate },
                _ => throw new FormatException($"There is no fault '{name}'; take one of throttle, error, cut, stall, corrupt, stream-error, slow-headers."),
            };
        }
        return rates.Total <= 1 ? rates : throw new FormatException($"The fault rates '{text}' add up to more than 1; lower them.");
    }
}
