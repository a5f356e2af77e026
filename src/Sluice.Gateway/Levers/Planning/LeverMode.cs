namespace Sluice.Gateway.Levers.Planning;

/// <summary>How far a lever may go.</summary>
public enum LeverMode
{
    /// <summary>It does not look at the call.</summary>
    Off,

    /// <summary>It decides and records what it would have saved, and changes nothing.</summary>
    Shadow,

    On,
}
