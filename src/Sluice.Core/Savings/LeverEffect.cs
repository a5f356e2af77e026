namespace Sluice.Core.Savings;

/// <summary>What one lever did to a call, or in shadow would have done.</summary>
/// <param name="Lever">Its name.</param>
/// <param name="Why">In plain words; nothing of the prompt.</param>
/// <param name="IsShadow">Nothing was changed.</param>
/// <param name="Convert">The shape without the lever from the shape with it; in shadow the shape with it from the shape without.
/// Null where that is not known.</param>
/// <param name="Caused">What the lever made AWS bill beyond the call itself, such as an attempt that had to be repeated.</param>
public sealed record LeverEffect(string Lever, string Why, bool IsShadow, Func<CallShape, CallShape?> Convert, Money Caused = default);
