using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers;

/// <summary>What a lever makes of a request.</summary>
/// <param name="Request">The request as it should leave.</param>
/// <param name="Why">In plain words; nothing of the prompt.</param>
/// <param name="Undo">The call's shape without the change, from the shape with it.</param>
/// <param name="Apply">The other way round, for what shadow would have saved.</param>
public sealed record Rewriting(InvocationRequest Request, string Why, Func<CallShape, CallShape?> Undo, Func<CallShape, CallShape?> Apply);

/// <summary>
/// A lever that sends something else than the caller wrote. Deciding is pure but for what the lever has learned; it does no
/// I/O, and whatever goes wrong in it leaves the call as it was.
/// </summary>
public interface IRewritingLever
{
    Lever Lever { get; }

    /// <summary>Null where there is nothing to gain.</summary>
    /// <param name="invocation">As the levers before left it.</param>
    /// <param name="whyNot">In plain words, why nothing is changed; empty where something is.</param>
    Rewriting? Rewrite(Invocation invocation, out string whyNot);

    /// <summary>The draw keeps the lever from a call that it would have met. What it sees there is what its effect is measured by.</summary>
    void LeftAlone(Invocation invocation) { }

    /// <summary>The upstream refused a request that the lever had changed, and took it as the caller wrote it.</summary>
    /// <param name="invocation">With the request of its caller again.</param>
    /// <param name="refused">What the lever had made of it.</param>
    void Refused(Invocation invocation, InvocationRequest refused);
}
