using System.Diagnostics.CodeAnalysis;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Gateway.Errors;

namespace Sluice.Gateway.Edge;

/// <summary>
/// What a request line asks for, or why it is turned away: a pure function of method and target, asked before any header is
/// believed or a byte of the body is read.
/// </summary>
internal sealed record Admission
{
    private const string KnownMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private static readonly HashSet<string> Methods = new(KnownMethods.Split(", "), StringComparer.Ordinal);

    private Admission(WireProtocol protocol) => Protocol = protocol;

    /// <summary>The protocol in which a refusal is told.</summary>
    public WireProtocol Protocol { get; }

    public RequestTarget? Target { get; private init; }

    public OperationMatch Match { get; private init; }

    public Refusal? Refusal { get; private init; }

    [MemberNotNullWhen(true, nameof(Target))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAdmitted => Target is not null;

    public static Admission Of(string method, string rawTarget, UnknownOperations unknown)
    {
        if (!Methods.Contains(method))
            return Refused(WireProtocol.Bedrock, Refusal.MethodNotAllowed($"Sluice takes no {Shown(method)} requests; it takes {KnownMethods}.", KnownMethods));
        if (!RequestTarget.TryParse(rawTarget, out var target, out var mistake))
            return Refused(WireProtocol.Bedrock, Refusal.Validation(mistake));
        if (ReservedPaths.Includes(target.Path))
            return Refused(WireProtocol.Bedrock, Refusal.NotFound($"Sluice answers this path itself and has nothing there for {method}; docs/configuration.md lists what it has."));
        var match = OperationTable.Match(method, target.Path);
        var protocol = match.Operation == Operation.Unknown ? WireProtocols.OfPath(target.Path) : WireProtocols.Of(match.Operation);
        if (match.Operation == Operation.InvokeModelWithBidirectionalStream)
            return Refused(protocol, Refusal.Validation("Sluice doesn't carry InvokeModelWithBidirectionalStream, whose two sides speak at the same time; call Bedrock directly for it, or use ConverseStream or InvokeModelWithResponseStream."));
        if (match.Operation == Operation.Unknown && unknown == UnknownOperations.Refuse)
            return Refused(protocol, Unknown(method, target.Path));
        return new Admission(protocol) { Target = target, Match = match };
    }

    private static Refusal Unknown(string method, ReadOnlySpan<char> path)
    {
        if (OperationTable.MethodsOf(path) is { Length: > 0 } allowed)
            return Refusal.MethodNotAllowed($"This operation is not called with {method} but with {allowed}.", allowed);
        var hint = path switch
        {
            "/v1/messages" or "/messages" => "Anthropic's API is at /anthropic/v1/messages: set the client's base URL to this gateway's address with /anthropic",
            "/chat/completions" or "/responses" or "/embeddings" => "OpenAI's API is at /openai/v1: set the client's base URL to this gateway's address with /openai/v1",
            "/health" or "/livez" or "/health/live" or "/status" => "Sluice's health is at /healthz and /readyz",
            _ => "check the path and the client's endpoint URL, or let unknown operations through with 'operations: { unknown: pass }' in the configuration",
        };
        return Refusal.UnknownOperation($"Sluice knows no operation {method} {Shown(path)}; {hint}.");
    }

    private static string Shown(ReadOnlySpan<char> text) => text.Length > 100 ? string.Concat(text[..100], "...") : text.ToString();

    private static Admission Refused(WireProtocol protocol, Refusal refusal) => new(protocol) { Refusal = refusal };
}
