using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.Converse;

/// <summary>
/// Where guardrail work is reported: by ApplyGuardrail and InvokeGuardrailChecks themselves, and in the traces of model
/// calls that had a guardrail (API reference, GuardrailUsage). Units that AWS calls free are not read.
/// </summary>
internal static class GuardrailReply
{
    public static void AddCounts(FieldNode root)
    {
        AddUsage(root, "usage");
        // The checks have no price row of their own; prompt attacks are one of the content filters.
        root.Add("usage.contentFilter.textUnits", ReplyField.GuardrailContent);
        root.Add("usage.promptAttack.textUnits", ReplyField.GuardrailContent);
        root.Add("usage.sensitiveInformation.textUnits", ReplyField.GuardrailSensitiveInformation);
    }

    /// <summary>What InvokeModel adds to a vendor's reply when it is asked for a trace.</summary>
    public static void AddInvokeModelTrace(FieldNode root)
    {
        AddAssessment(root, "amazon-bedrock-trace.guardrail.input.*");
        AddAssessment(root, "amazon-bedrock-trace.guardrail.outputs[].*");
        AddAssessment(root, "amazon-bedrock-trace.guardrail.inputAssessment.*");
        AddAssessment(root, "amazon-bedrock-trace.guardrail.outputAssessments.*[]");
    }

    /// <summary>The report of one assessment; each that is listed was carried out and billed.</summary>
    public static void AddAssessment(FieldNode root, string path) => AddUsage(root, path + ".invocationMetrics.usage");

    private static void AddUsage(FieldNode root, string path)
    {
        root.Add(path + ".contentPolicyUnits", ReplyField.GuardrailContent);
        root.Add(path + ".topicPolicyUnits", ReplyField.GuardrailTopic);
        root.Add(path + ".wordPolicyUnits", ReplyField.GuardrailWord);
        root.Add(path + ".sensitiveInformationPolicyUnits", ReplyField.GuardrailSensitiveInformation);
        root.Add(path + ".contextualGroundingPolicyUnits", ReplyField.GuardrailGrounding);
        root.Add(path + ".automatedReasoningPolicyUnits", ReplyField.GuardrailAutomatedReasoning);
        root.Add(path + ".contentPolicyImageUnits", ReplyField.GuardrailImage);
    }
}
