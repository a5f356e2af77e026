namespace Sluice.Gateway.Stages.Identifying;

/// <summary>Whether a call needs a Sluice key.</summary>
public enum AuthMode
{
    Required,

    /// <summary>
    /// A Sluice key that is presented is verified, and a bad one refused; without one the call is anonymous, whatever foreign
    /// or dummy credentials come with it, since SDKs insist on sending some.
    /// </summary>
    Optional,
}
