namespace Sluice.Gateway.Edge;

/// <summary>What becomes of a request for an operation that is not in the table.</summary>
public enum UnknownOperations
{
    /// <summary>The default: the upstream would run it with the owner's credentials, and Sluice can't say what it costs or does.</summary>
    Refuse,

    /// <summary>It is sent on unchanged, and metered if the reply says what it used.</summary>
    Pass,
}
