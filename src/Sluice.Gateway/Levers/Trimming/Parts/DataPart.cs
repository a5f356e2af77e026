namespace Sluice.Gateway.Levers.Trimming.Parts;

/// <summary>A stretch of a text that is data of one shape, in UTF-16 units.</summary>
internal readonly record struct DataPart(TextShape Shape, int Start, int End)
{
    public int Length => End - Start;
}
