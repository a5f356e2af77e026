namespace Sluice.Bedrock.Requests;

/// <summary>The part of a prompt that its cache markers cover: tools, system and messages, in this order, up to the last marker.</summary>
/// <param name="Hash">The same where the bytes are; 0 where there is no marker.</param>
/// <param name="EstimatedTokens">A quarter of its UTF-8 bytes of text, as in <see cref="RequestFacts.EstimatedInputTokens"/>.</param>
public readonly record struct MarkedPrefix(ulong Hash, long EstimatedTokens);
