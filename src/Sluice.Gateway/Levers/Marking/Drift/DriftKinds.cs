namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>Why a beginning that looks the same each time is not, to a cache that matches exactly.</summary>
[Flags]
public enum DriftKinds
{
    None = 0,
    Whitespace = 1,

    /// <summary>Members of a tool's schema.</summary>
    KeyOrder = 2,

    /// <summary>Lists of names in a tool's schema, such as <c>required</c>.</summary>
    ArrayOrder = 4,

    ToolOrder = 8,

    /// <summary>Dates and times.</summary>
    Time = 16,

    Uuid = 32,

    /// <summary>Letters mixed with digits, as request ids are.</summary>
    Id = 64,

    Number = 128,
}

/// <summary>Names and remedies of the kinds.</summary>
internal static class DriftWords
{
    /// <summary>What the caller wrote on purpose and only the caller can move.</summary>
    public const DriftKinds Values = DriftKinds.Time | DriftKinds.Uuid | DriftKinds.Id | DriftKinds.Number;

    private static readonly (DriftKinds Kind, string Name)[] Names =
    [
        (DriftKinds.Whitespace, "whitespace"), (DriftKinds.KeyOrder, "key_order"), (DriftKinds.ArrayOrder, "array_order"), (DriftKinds.ToolOrder, "tool_order"),
        (DriftKinds.Time, "time"), (DriftKinds.Uuid, "uuid"), (DriftKinds.Id, "id"), (DriftKinds.Number, "number"),
    ];

    /// <summary>Such as <c>time+uuid</c>; stable.</summary>
    public static string Name(this DriftKinds kinds) => string.Join('+', Names.Where(n => kinds.HasFlag(n.Kind)).Select(n => n.Name));

    /// <summary>What to do, in a sentence for each kind.</summary>
    public static string Fix(this DriftKinds kinds)
    {
        var fixes = new List<string>();
        if ((kinds & Values) != DriftKinds.None)
            fixes.Add("Move what changes behind what does not: to the end of the system prompt, or better into the last user message.");
        if (kinds.HasFlag(DriftKinds.Whitespace))
            fixes.Add("Build the text from one template, so that its white space is the same each time, or set mark.normalise: [whitespace].");
        if (kinds.HasFlag(DriftKinds.KeyOrder))
            fixes.Add("Write the schema with its keys in one order, or set mark.normalise: [tool_key_order].");
        if (kinds.HasFlag(DriftKinds.ArrayOrder))
            fixes.Add("Sort lists such as 'required' before the schema is written.");
        if (kinds.HasFlag(DriftKinds.ToolOrder))
            fixes.Add("Send the tools in one order, or set mark.normalise: [tool_order].");
        return string.Join(' ', fixes);
    }
}
