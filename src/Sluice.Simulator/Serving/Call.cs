using Microsoft.AspNetCore.Http;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Logs;
using Sluice.Simulator.Models;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Serving;

/// <summary>Who calls, as the bill will name them.</summary>
internal sealed record Caller(string AccountId, string PrincipalArn, string Region);

/// <summary>One request as the simulator sees it, from its first byte to its line in the log and on the bill.</summary>
internal sealed class Call(HttpContext http, OperationMatch match, Dice dice, DateTimeOffset time, Caller caller)
{
    public HttpContext Http { get; } = http;

    public OperationMatch Match { get; } = match;

    public Operation Operation => Match.Operation;

    /// <summary>As the log names it.</summary>
    public string OperationName { get; set; } = match.Operation.ToString();

    public Dice Dice { get; } = dice;

    public DateTimeOffset Time { get; } = time;

    public string RequestId { get; } = dice.NextGuid().ToString();

    public Caller Caller { get; set; } = caller;

    public Fault Fault { get; set; }

    public ReplyForm Form { get; set; }

    /// <summary>Whose errors are written: as a rule, those of the operation.</summary>
    public Operation ErrorsAs { get; set; } = match.Operation;

    /// <summary>As the caller sent it, in the path or in the body.</summary>
    public string? ModelIdentifier { get; set; }

    public ModelTarget? Target { get; set; }

    public ServiceTier Tier { get; set; }

    public bool LatencyOptimized { get; set; }

    public bool Streamed { get; set; }

    /// <summary>Whether it came by a path of the mantle endpoint, which has usage types of its own.</summary>
    public bool IsMantle { get; set; }

    public SimulatedOutcome Outcome { get; set; } = SimulatedOutcome.Error;

    public string? Error { get; set; }

    /// <summary>What the price of a drawn image depends on beside the model.</summary>
    public string PriceVariant { get; set; } = "";

    /// <summary>Whether the bill charges for <see cref="Usage"/>.</summary>
    public bool Billed { get; set; }

    public Usage Usage { get; set; } = Usage.None;

    /// <summary>The model did its work: from now on the call is billed, whether or not anyone waits for the answer.</summary>
    public void Bill(Usage usage)
    {
        Usage = usage;
        Billed = Target is not { BilledByTime: true };
    }

    /// <summary>The simulator itself failed: nothing is billed, as AWS meters successful calls only.</summary>
    public void Fail(SimulatedOutcome outcome, string? error = null)
    {
        Outcome = outcome;
        Error = error;
        Billed = false;
        Usage = Usage.None;
    }
}
