// Calls Bedrock's own Anthropic paths through Anthropic's SDK.
// Usage: node anthropic-sdk.mjs ENDPOINT TOKEN
import Anthropic from "@anthropic-ai/sdk";
import { check, expect, rejects } from "./checks.mjs";

const [endpoint, token] = process.argv.slice(2);
const client = new Anthropic({ baseURL: `${endpoint}/anthropic`, apiKey: token, maxRetries: 0 });
const call = { model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

await check("message", async () => {
  const reply = await client.messages.create(call);
  expect(reply.content[0].text.length > 0 && reply.usage.output_tokens > 0, "text and usage");
});

await check("message stream", async () => {
  const reply = await client.messages.stream(call).finalMessage();
  expect(reply.content[0].text.length > 0 && reply.usage.output_tokens > 0, "text and usage");
});

await check("count tokens", async () => {
  const { max_tokens, ...rest } = call;
  expect((await client.messages.countTokens(rest)).input_tokens > 0, "a count");
});

await check("RateLimitError", () => rejects(
  client.messages.create(call, { headers: { "x-simulator-fault": "throttle" } }), Anthropic.RateLimitError, "a RateLimitError").then((e) => e.message));

await check("PermissionDeniedError", () => rejects(
  new Anthropic({ baseURL: `${endpoint}/anthropic`, apiKey: `${token}x`, maxRetries: 0 }).messages.create(call),
  Anthropic.PermissionDeniedError, "a PermissionDeniedError").then((e) => e.message));
