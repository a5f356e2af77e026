namespace EndToEnd.Traffic;

/// <summary>One call as it goes over the wire.</summary>
/// <param name="LeavesAfterBytes">The caller hangs up once it has this much of the reply; null for one who stays.</param>
internal sealed record Call(string Target, string Body, bool Streamed, int? LeavesAfterBytes);
