namespace Sluice.Simulator.Answering;

/// <summary>Ends a reply that has begun without its proper end: the server then closes the connection or resets the stream.</summary>
internal sealed class CutException() : Exception("The simulator cut this reply.");
