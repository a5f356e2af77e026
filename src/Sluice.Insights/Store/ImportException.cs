namespace Sluice.Insights.Store;

/// <summary>A file can't be imported, and nothing of it was. The message names the file, the place and the fix.</summary>
public sealed class ImportException(string message, Exception? innerException = null) : Exception(message, innerException);
