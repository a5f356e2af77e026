using System.Collections.Frozen;

namespace Sluice.Insights.Conformance;

/// <summary>The service categories of FOCUS and what belongs to each. Every category also has an <c>Other (category)</c>.</summary>
internal static class ServiceCategories
{
    private static readonly Dictionary<string, string[]> Subcategories = new(StringComparer.Ordinal)
    {
        ["AI and Machine Learning"] = ["AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing"],
        ["Analytics"] = ["Analytics Platforms", "Business Intelligence", "Data Processing", "Search", "Streaming Analytics"],
        ["Business Applications"] = ["Productivity and Collaboration"],
        ["Compute"] = ["Containers", "End User Computing", "Quantum Compute", "Serverless Compute", "Virtual Machines"],
        ["Databases"] = ["Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases", "Relational Databases", "Time Series Databases"],
        ["Developer Tools"] = ["Continuous Integration and Deployment", "Developer Platforms", "Development Environments", "Quality Assurance", "Source Code Management"],
        ["Identity"] = ["Identity and Access Management"],
        ["Integration"] = ["API Management", "Messaging", "Workflow Orchestration"],
        ["Internet of Things"] = ["IoT Analytics", "IoT Platforms"],
        ["Management and Governance"] = ["Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery", "Endpoint Management", "Observability", "Support"],
        ["Media"] = ["Content Creation", "Gaming", "Media Streaming", "Mixed Reality"],
        ["Migration"] = ["Data Migration", "Resource Migration"],
        ["Mobile"] = [],
        ["Multicloud"] = ["Multicloud Integration"],
        ["Networking"] = ["Application Networking", "Content Delivery", "Network Connectivity", "Network Infrastructure", "Network Routing", "Network Security"],
        ["Security"] = ["Secret Management", "Security Posture Management", "Threat Detection and Response"],
        ["Storage"] = ["Backup Storage", "Block Storage", "File Storage", "Object Storage", "Storage Platforms"],
        ["Web"] = ["Application Platforms"],
        ["Other"] = [],
    };

    private static readonly FrozenDictionary<string, string> Parents = Subcategories
        .SelectMany(c => c.Value.Append($"Other ({c.Key})"), (c, sub) => (Sub: sub, Parent: c.Key))
        .ToFrozenDictionary(p => p.Sub, p => p.Parent, StringComparer.Ordinal);

    public static FrozenSet<string> All { get; } = Subcategories.Keys.ToFrozenSet(StringComparer.Ordinal);

    public static FrozenSet<string> AllSub { get; } = Parents.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The category that a subcategory belongs to; null for one that FOCUS doesn't have.</summary>
    public static string? ParentOf(string subcategory) => Parents.GetValueOrDefault(subcategory);
}
