using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Lab.Replays.Playing;

/// <summary>What a replay puts into the gateway's pipeline in the place of callers, upstreams, ledger and clock.</summary>
public sealed record ReplayParts(IStage Identify, IStage Send, ILedgerWriter Ledger, TimeProvider Time, LeverSettings Levers, TokenCalibration Calibration);

/// <summary>Compiles the gateway's own pipeline around the parts. Called for each replay, since levers begin with nothing learned.</summary>
public delegate Pipeline PipelineMaker(ReplayParts parts);
