using System.Text.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Json;

/// <summary>How the records of one JSON source become rows.</summary>
internal interface IJsonSource
{
    /// <summary>Of what was read so far, where a file may hold several kinds.</summary>
    BillSource Source { get; }

    IReadOnlyList<string> Warnings => [];

    /// <summary>Adds the rows of a record; none for one that says nothing.</summary>
    /// <param name="record">Valid until the next one is read.</param>
    /// <param name="list">The list of the answer's envelope that it is in, or empty.</param>
    void Read(JsonElement record, string list, JsonRows rows);
}
