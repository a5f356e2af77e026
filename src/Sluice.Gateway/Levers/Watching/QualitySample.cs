using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>A served call that is to be answered once more as its caller sent it.</summary>
/// <param name="InvocationId">Of the call that was served.</param>
/// <param name="Request">As the caller sent it; its body is a copy.</param>
/// <param name="Served">The reply that the caller got; only its headers are still to be had.</param>
/// <param name="ServedBody">Its bytes.</param>
/// <param name="Scopes">One for each lever that acted, in the order of the pipeline; the first bears the cost.</param>
internal sealed record QualitySample(
    string InvocationId, InvocationRequest Request, Caller Caller, Upstream Upstream, Reply Served, ReadOnlyMemory<byte> ServedBody,
    ImmutableArray<WatchedScope> Scopes, Verifier Verifier, double Margin);

/// <summary>What makes an answer a good one.</summary>
/// <param name="Judge">Asked of answers that pass the checks; null for nobody.</param>
/// <param name="HasToAgree">The lever's answer is a good one only if it is the same as the baseline's.</param>
internal sealed record Verifier(ImmutableArray<IAnswerCheck> Checks, ModelIdentifier? Judge, int JudgePoints, bool HasToAgree);
