namespace Sluice.Gateway.Levers.Marking.Normalising;

/// <summary>What the owner lets marking write in one form, so that prompts which mean the same share a cache.</summary>
[Flags]
public enum NormaliseKinds
{
    None = 0,

    /// <summary>Runs of white space in system prompts, outside of code and quotations.</summary>
    Whitespace = 1,

    /// <summary>Members of the tools' schemas by name. JSON gives their order no meaning, but a model may fill in arguments in another order.</summary>
    ToolKeyOrder = 2,

    /// <summary>Tools by name. The list is a set to the API, but a model may lean towards what stands first.</summary>
    ToolOrder = 4,
}
