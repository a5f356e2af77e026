namespace Sluice.Simulator;

/// <summary>The simulator can't start. The message names the thing, the value and the fix.</summary>
public sealed class SimulatorStartException(string message, Exception? innerException = null) : Exception(message, innerException);
