namespace Sluice.Hosting;

/// <summary>The command could not do its work. The message names the thing, the cause and the fix.</summary>
public sealed class CouldNotRunException(string message, Exception? innerException = null) : Exception(message, innerException);
