using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects;

/// <summary>A schema family: how a request is read and how a reply is written.</summary>
internal interface IDialect
{
    /// <summary>Reads and counts a request's body.</summary>
    /// <exception cref="Refusal">The body isn't one that AWS would take.</exception>
    Prompt Read(JsonElement body, BedrockModel model);

    /// <summary>Writes the whole reply as one JSON object.</summary>
    void Write(Utf8JsonWriter json, Reply reply);

    /// <summary>
    /// Writes the reply as a stream: one JSON object for each event that is yielded. Null where the family has no streams.
    /// </summary>
    IEnumerable<StreamEvent>? WriteStream(Utf8JsonWriter json, Reply reply) => null;
}
