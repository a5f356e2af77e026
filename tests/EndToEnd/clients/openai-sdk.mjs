// Calls Bedrock's own OpenAI paths through OpenAI's SDK.
// Usage: node openai-sdk.mjs ENDPOINT TOKEN
import OpenAI from "openai";
import { check, expect, rejects } from "./checks.mjs";

const [endpoint, token] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${endpoint}/openai/v1`, apiKey: token, maxRetries: 0 });
const call = { model: "openai.gpt-oss-120b-1:0", max_completion_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

await check("chat", async () => {
  const reply = await client.chat.completions.create(call);
  expect(reply.choices[0].message.content.length > 0 && reply.usage.completion_tokens > 0, "text and usage");
});

await check("chat stream", async () => {
  let text = "", usage;
  for await (const chunk of await client.chat.completions.create({ ...call, stream: true, stream_options: { include_usage: true } })) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  expect(text.length > 0 && usage.completion_tokens > 0, "text and usage");
});

await check("response", async () => {
  const reply = await client.responses.create({ model: call.model, input: "Hello", max_output_tokens: 100 });
  expect(reply.output_text.length > 0 && reply.usage.output_tokens > 0, "text and usage");
});

await check("response stream", async () => {
  let done;
  for await (const event of await client.responses.create({ model: call.model, input: "Hello", max_output_tokens: 100, stream: true }))
    if (event.type === "response.completed" || event.type === "response.incomplete") done = event.response;
  expect(done?.usage.output_tokens > 0, "usage in the last event");
});

await check("RateLimitError", () => rejects(
  client.chat.completions.create(call, { headers: { "x-simulator-fault": "throttle" } }), OpenAI.RateLimitError, "a RateLimitError").then((e) => e.message));

await check("PermissionDeniedError", () => rejects(
  new OpenAI({ baseURL: `${endpoint}/openai/v1`, apiKey: `${token}x`, maxRetries: 0 }).chat.completions.create(call),
  OpenAI.PermissionDeniedError, "a PermissionDeniedError").then((e) => e.message));
