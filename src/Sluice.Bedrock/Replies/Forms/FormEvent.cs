namespace Sluice.Bedrock.Replies.Forms;

/// <summary>One event of a streamed reply.</summary>
/// <param name="Name">What its framing calls it; empty where the JSON alone says it.</param>
/// <param name="Json">The event itself, out of whatever wraps it.</param>
internal readonly record struct FormEvent(string Name, byte[] Json);
