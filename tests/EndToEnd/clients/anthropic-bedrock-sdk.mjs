// Calls InvokeModel through Anthropic's Bedrock client, which signs by itself.
// Usage: node anthropic-bedrock-sdk.mjs ENDPOINT TOKEN KEY_ID SECRET
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import { check, expect, rejects } from "./checks.mjs";

const [endpoint, token, keyId, secret] = process.argv.slice(2);
const signed = new AnthropicBedrock({ baseURL: endpoint, awsRegion: "us-east-1", awsAccessKey: keyId, awsSecretKey: secret, maxRetries: 0 });
const bearer = new AnthropicBedrock({ baseURL: endpoint, awsRegion: "us-east-1", apiKey: token, maxRetries: 0 });
const call = { model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

for (const [how, client] of Object.entries({ signed, bearer })) {
  await check(`message, ${how}`, async () => {
    const reply = await client.messages.create(call);
    expect(reply.content[0].text.length > 0 && reply.usage.output_tokens > 0, "text and usage");
  });

  await check(`message stream, ${how}`, async () => {
    let text = "", usage;
    for await (const event of await client.messages.create({ ...call, stream: true })) {
      text += event.delta?.text ?? "";
      usage = event.usage ?? usage;
    }
    expect(text.length > 0 && usage.output_tokens > 0, "text and usage");
  });
}

await check("RateLimitError", () => rejects(
  signed.messages.create(call, { headers: { "x-simulator-fault": "throttle" } }), AnthropicBedrock.RateLimitError ?? Error, "a RateLimitError").then((e) => {
    expect(e.status === 429, `status 429, not ${e.status}: ${e.message}`);
  }));
