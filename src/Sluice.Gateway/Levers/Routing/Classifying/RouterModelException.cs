namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>A trained model's file that can't be used; the message says why and what to do.</summary>
public sealed class RouterModelException(string message, Exception? innerException = null) : Exception(message, innerException);
