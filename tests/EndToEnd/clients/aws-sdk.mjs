// Calls every text operation of Bedrock Runtime through the real AWS SDK and prints one JSON line a check.
// Usage: node aws-sdk.mjs ENDPOINT bearer TOKEN | sigv4 KEY_ID SECRET
import {
  ApplyGuardrailCommand, BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand,
  InvokeModelCommand, InvokeModelWithResponseStreamCommand, ModelErrorException, ModelStreamErrorException,
  ServiceUnavailableException, ThrottlingException, ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { check, expect, rejects } from "./checks.mjs";

const [endpoint, mode, first, second] = process.argv.slice(2);
const region = "us-east-1";
const identity = mode === "bearer"
  ? { token: { token: first }, authSchemePreference: ["httpBearerAuth"] }
  : { credentials: { accessKeyId: first, secretAccessKey: second } };
const client = new BedrockRuntimeClient({ endpoint, region, maxAttempts: 1, ...identity });

const sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const messages = [{ role: "user", content: [{ text: "How did US states get their names?" }] }];
const decoder = new TextDecoder();

// A fault that the simulator makes on request travels as a header that the caller adds.
function withHeaders(headers) {
  const faulty = new BedrockRuntimeClient({ endpoint, region, maxAttempts: 1, ...identity });
  faulty.middlewareStack.add(
    (next) => async (args) => { Object.assign(args.request.headers, headers); return next(args); },
    { step: "build", name: "addHeaders" });
  return faulty;
}

await check("converse", async () => {
  const reply = await client.send(new ConverseCommand({ modelId: sonnet, messages, system: [{ text: "Be brief." }], inferenceConfig: { maxTokens: 200 } }));
  expect(reply.output.message.content[0].text.length > 0, "text");
  expect(reply.usage.inputTokens > 0 && reply.usage.outputTokens > 0, "usage");
  expect(reply.$metadata.requestId, "a request id");
  return reply.usage;
});

await check("converse with a tool", async () => {
  const reply = await client.send(new ConverseCommand({
    modelId: sonnet, messages,
    toolConfig: {
      tools: [{ toolSpec: { name: "look_up", inputSchema: { json: { type: "object", properties: { query: { type: "string" } }, required: ["query"] } } } }],
      toolChoice: { any: {} },
    },
  }));
  expect(reply.stopReason === "tool_use", `stop reason tool_use, not ${reply.stopReason}`);
  const use = reply.output.message.content.find((block) => block.toolUse)?.toolUse;
  expect(use?.name === "look_up" && typeof use.input.query === "string", "a use of the tool with its required field");
});

await check("converse stream", async () => {
  const reply = await client.send(new ConverseStreamCommand({ modelId: sonnet, messages, inferenceConfig: { maxTokens: 200 } }));
  const kinds = [];
  let text = "", usage;
  for await (const event of reply.stream) {
    kinds.push(Object.keys(event)[0]);
    text += event.contentBlockDelta?.delta?.text ?? "";
    usage = event.metadata?.usage ?? usage;
  }
  expect(kinds[0] === "messageStart" && kinds.at(-1) === "metadata" && kinds.at(-2) === "messageStop", `the order of events, not ${kinds}`);
  expect(text.length > 0 && usage.outputTokens > 0, "text and usage");
});

await check("converse stream with a tool", async () => {
  const reply = await client.send(new ConverseStreamCommand({
    modelId: sonnet, messages,
    toolConfig: {
      tools: [{ toolSpec: { name: "look_up", inputSchema: { json: { type: "object", properties: { query: { type: "string" } }, required: ["query"] } } } }],
      toolChoice: { tool: { name: "look_up" } },
    },
  }));
  let input = "";
  for await (const event of reply.stream)
    input += event.contentBlockDelta?.delta?.toolUse?.input ?? "";
  expect(typeof JSON.parse(input).query === "string", "the tool's input as JSON");
});

const bodies = {
  "anthropic.claude-3-haiku-20240307-v1:0": { anthropic_version: "bedrock-2023-05-31", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] },
  "anthropic.claude-v2:1": { prompt: "\n\nHuman: Hello\n\nAssistant:", max_tokens_to_sample: 100 },
  "amazon.nova-lite-v1:0": { messages: [{ role: "user", content: [{ text: "Hello" }] }], inferenceConfig: { maxTokens: 100 } },
  "amazon.titan-text-express-v1": { inputText: "Hello", textGenerationConfig: { maxTokenCount: 100 } },
  "meta.llama3-8b-instruct-v1:0": { prompt: "Hello", max_gen_len: 100 },
  "mistral.mistral-7b-instruct-v0:2": { prompt: "<s>[INST] Hello [/INST]", max_tokens: 100 },
  "cohere.command-r-v1:0": { message: "Hello", max_tokens: 100 },
  "ai21.jamba-1-5-mini-v1:0": { messages: [{ role: "user", content: "Hello" }], max_tokens: 100 },
  "deepseek.v3-v1:0": { messages: [{ role: "user", content: "Hello" }], max_tokens: 100 },
  "qwen.qwen3-32b-v1:0": { messages: [{ role: "user", content: "Hello" }], max_tokens: 100 },
  "openai.gpt-oss-120b-1:0": { messages: [{ role: "user", content: "Hello" }], max_completion_tokens: 100 },
};

for (const [modelId, body] of Object.entries(bodies)) {
  await check(`invoke ${modelId}`, async () => {
    const reply = await client.send(new InvokeModelCommand({ modelId, contentType: "application/json", accept: "application/json", body: JSON.stringify(body) }));
    expect(Object.keys(JSON.parse(decoder.decode(reply.body))).length > 0, "a JSON object");
  });
  await check(`invoke stream ${modelId}`, async () => {
    const reply = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, contentType: "application/json", body: JSON.stringify(body) }));
    let last, chunks = 0;
    for await (const event of reply.body) {
      chunks++;
      last = JSON.parse(decoder.decode(event.chunk.bytes));
    }
    expect(chunks > 0 && last["amazon-bedrock-invocationMetrics"].outputTokenCount > 0, "invocation metrics in the last chunk");
  });
}

await check("embed", async () => {
  const reply = await client.send(new InvokeModelCommand({ modelId: "amazon.titan-embed-text-v2:0", body: JSON.stringify({ inputText: "Hello", dimensions: 256 }) }));
  const answer = JSON.parse(decoder.decode(reply.body));
  expect(answer.embedding.length === 256 && answer.inputTextTokenCount > 0, "256 dimensions and a token count");
});

await check("count tokens", async () => {
  const reply = await client.send(new CountTokensCommand({ modelId: "anthropic.claude-sonnet-4-20250514-v1:0", input: { converse: { messages } } }));
  expect(reply.inputTokens > 0, "a count");
});

await check("apply guardrail", async () => {
  const reply = await client.send(new ApplyGuardrailCommand({ guardrailIdentifier: "gr1", guardrailVersion: "1", source: "INPUT", content: [{ text: { text: "Hello" } }] }));
  expect(reply.action === "NONE" && reply.usage.contentPolicyUnits >= 0, "an action and units");
});

await check("a model of an ARN with slashes", async () => {
  const reply = await client.send(new ConverseCommand({ modelId: `arn:aws:bedrock:${region}:123456789012:inference-profile/${sonnet}`, messages }));
  expect(reply.usage.inputTokens > 0, "usage");
});

await check("prompt cache is written, then read", async () => {
  const system = [{ text: `${process.pid} ${endpoint} ${mode} ` + "You are a patient clerk who answers in one sentence. ".repeat(300) }, { cachePoint: { type: "default" } }];
  const ask = async () => (await client.send(new ConverseCommand({ modelId: sonnet, system, messages }))).usage;
  const written = await ask(), read = await ask();
  expect(written.cacheWriteInputTokens > 1024 && !written.cacheReadInputTokens, `a write: ${JSON.stringify(written)}`);
  expect(read.cacheReadInputTokens === written.cacheWriteInputTokens && !read.cacheWriteInputTokens, `a read: ${JSON.stringify(read)}`);
});

await check("ValidationException", () => rejects(
  client.send(new ConverseCommand({ modelId: "no.such-model-v1:0", messages })), ValidationException, "a ValidationException").then((e) => e.message));

await check("ThrottlingException", () => rejects(
  withHeaders({ "x-simulator-fault": "throttle" }).send(new ConverseCommand({ modelId: sonnet, messages })), ThrottlingException, "a ThrottlingException").then((e) => e.message));

await check("ModelErrorException", () => rejects(
  withHeaders({ "x-simulator-fault": "error=ModelErrorException" }).send(new ConverseCommand({ modelId: sonnet, messages })), ModelErrorException, "a ModelErrorException").then((e) => e.message));

await check("ServiceUnavailableException", () => rejects(
  withHeaders({ "x-simulator-fault": "error=ServiceUnavailableException" }).send(new ConverseCommand({ modelId: sonnet, messages })), ServiceUnavailableException, "a ServiceUnavailableException").then((e) => e.message));

await check("ModelStreamErrorException in mid-stream", () => rejects((async () => {
  const reply = await withHeaders({ "x-simulator-fault": "stream-error=modelStreamErrorException" }).send(new ConverseStreamCommand({ modelId: sonnet, messages }));
  for await (const _ of reply.stream);
})(), ModelStreamErrorException, "a ModelStreamErrorException").then((e) => e.message));

for (const fault of ["corrupt-frame=2", "cut-after=2"]) {
  await check(`a stream with ${fault} does not pass for a whole one`, () => rejects((async () => {
    const reply = await withHeaders({ "x-simulator-fault": fault }).send(new ConverseStreamCommand({ modelId: sonnet, messages }));
    for await (const _ of reply.stream);
  })(), Error, "an error").then((e) => e.message));
}
