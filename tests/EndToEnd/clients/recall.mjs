// Asks the same plain and streamed, in both orders, through each SDK: whoever comes second is answered from what came first.
// Usage: node recall.mjs ENDPOINT TOKEN FIRST, where FIRST is plain or stream
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { check, expect } from "./checks.mjs";

const [endpoint, token, first] = process.argv.slice(2);
const modelId = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const decisions = [];
const aws = new BedrockRuntimeClient({ endpoint, region: "us-east-1", maxAttempts: 1, token: { token }, authSchemePreference: ["httpBearerAuth"] });
aws.middlewareStack.add(
  (next) => async (args) => { const result = await next(args); decisions.push(result.response.headers["x-sluice-decisions"]); return result; },
  { step: "deserialize", priority: "low", name: "noteDecisions" });
const noting = async (url, init) => { const reply = await fetch(url, init); decisions.push(reply.headers.get("x-sluice-decisions")); return reply; };
const anthropic = new Anthropic({ baseURL: `${endpoint}/anthropic`, apiKey: token, maxRetries: 0, fetch: noting });
const bedrock = new AnthropicBedrock({ baseURL: endpoint, awsRegion: "us-east-1", apiKey: token, maxRetries: 0, fetch: noting });
const openai = new OpenAI({ baseURL: `${endpoint}/openai/v1`, apiKey: token, maxRetries: 0, fetch: noting });

// Puts a ConverseStream together as its documentation says.
async function assemble(stream) {
  const content = [], reply = {};
  for await (const event of stream) {
    if (event.contentBlockStart) content[event.contentBlockStart.contentBlockIndex] = { toolUse: { ...event.contentBlockStart.start.toolUse, input: "" } };
    if (event.contentBlockDelta) {
      const { contentBlockIndex: index, delta } = event.contentBlockDelta;
      const block = content[index] ??= {};
      if (delta.text !== undefined) block.text = (block.text ?? "") + delta.text;
      if (delta.toolUse) block.toolUse.input += delta.toolUse.input;
      if (delta.reasoningContent) {
        const reasoning = (block.reasoningContent ??= { reasoningText: { text: "" } }).reasoningText;
        reasoning.text += delta.reasoningContent.text ?? "";
        if (delta.reasoningContent.signature) reasoning.signature = delta.reasoningContent.signature;
      }
    }
    if (event.messageStart) reply.role = event.messageStart.role;
    if (event.messageStop) reply.stopReason = event.messageStop.stopReason;
    if (event.metadata) Object.assign(reply, { usage: event.metadata.usage, metrics: event.metadata.metrics });
  }
  for (const block of content) if (block.toolUse) block.toolUse.input = JSON.parse(block.toolUse.input);
  return { ...reply, content };
}

const asked = (what) => [{ role: "user", content: [{ text: `${what}, ${first} first` }] }];
const tools = { tools: [{ toolSpec: { name: "look_up", inputSchema: { json: { type: "object", properties: { query: { type: "string" } }, required: ["query"] } } } }], toolChoice: { any: {} } };
const thinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
const whole = (reply) => ({ role: reply.output.message.role, content: reply.output.message.content, stopReason: reply.stopReason, usage: reply.usage, metrics: reply.metrics });
const converse = (more) => {
  const call = { modelId, messages: asked(JSON.stringify(more)), inferenceConfig: { temperature: 0, maxTokens: 4000 }, ...more };
  return {
    plain: async () => whole(await aws.send(new ConverseCommand(call))),
    stream: async () => assemble((await aws.send(new ConverseStreamCommand(call))).stream),
  };
};

// Every limit is long enough that no answer is cut off: such answers are not kept.
const claude = { anthropic_version: "bedrock-2023-05-31", max_tokens: 4000, temperature: 0, messages: [{ role: "user", content: `Invoke, ${first} first` }] };
const message = { model: modelId, max_tokens: 4000, temperature: 0, messages: [{ role: "user", content: `Messages, ${first} first` }] };
const withTool = { ...message, tools: [{ name: "look_up", input_schema: { type: "object", properties: { query: { type: "string" } }, required: ["query"] } }], tool_choice: { type: "any" } };
const chat = { model: "openai.gpt-oss-120b-1:0", max_completion_tokens: 4000, temperature: 0, messages: [{ role: "user", content: `Chat, ${first} first` }] };
const chatTool = { ...chat, tools: [{ type: "function", function: { name: "look_up", parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] } } }], tool_choice: "required" };
// What a stream is for is not the answer: two forms of one answer may differ in these.
const told = ({ id, type, role, model, content, stop_reason, stop_sequence, usage }) => ({ id, type, role, model, content, stop_reason, stop_sequence, usage });
const completed = ({ id, model, choices: [{ message: { role, content, tool_calls }, finish_reason }], usage }) => ({ id, model, role, content, tool_calls: tool_calls?.map(({ id, type, function: f }) => ({ id, type, name: f.name, arguments: f.arguments })), finish_reason, usage });

async function chunks(stream) {
  let id, text = "", stop, metrics;
  for await (const { chunk } of stream) {
    const event = JSON.parse(new TextDecoder().decode(chunk.bytes));
    id = event.message?.id ?? id;
    text += event.delta?.text ?? "";
    stop = event.delta?.stop_reason ?? stop;
    metrics = event["amazon-bedrock-invocationMetrics"] ?? metrics;
  }
  expect(metrics?.outputTokenCount > 0, "invocation metrics in the last chunk");
  return { id, text, stop };
}

const pairs = {
  "converse": converse({}),
  "converse with a tool": converse({ toolConfig: tools }),
  "converse with reasoning": converse({ additionalModelRequestFields: thinking }),
  "invoke": {
    plain: async () => {
      const reply = JSON.parse(new TextDecoder().decode((await aws.send(new InvokeModelCommand({ modelId, contentType: "application/json", accept: "application/json", body: JSON.stringify(claude) }))).body));
      return { id: reply.id, text: reply.content[0].text, stop: reply.stop_reason };
    },
    stream: async () => chunks((await aws.send(new InvokeModelWithResponseStreamCommand({ modelId, contentType: "application/json", accept: "application/json", body: JSON.stringify(claude) }))).body),
  },
  "message": { plain: async () => told(await anthropic.messages.create(message)), stream: async () => told(await anthropic.messages.stream(message).finalMessage()) },
  "message with a tool": { plain: async () => told(await anthropic.messages.create(withTool)), stream: async () => told(await anthropic.messages.stream(withTool).finalMessage()) },
  "message of Anthropic's Bedrock client": { plain: async () => told(await bedrock.messages.create(message)), stream: async () => told(await bedrock.messages.stream(message).finalMessage()) },
  "chat": { plain: async () => completed(await openai.chat.completions.create(chat)), stream: async () => completed(await openai.chat.completions.stream({ ...chat, stream_options: { include_usage: true } }).finalChatCompletion()) },
  "chat with a tool": { plain: async () => completed(await openai.chat.completions.create(chatTool)), stream: async () => completed(await openai.chat.completions.stream({ ...chatTool, stream_options: { include_usage: true } }).finalChatCompletion()) },
};

// Compares by value, whatever order members stand in.
const sorted = (value) => value === null || typeof value !== "object" ? value
  : Array.isArray(value) ? value.map(sorted)
  : Object.fromEntries(Object.keys(value).sort().filter((key) => value[key] !== undefined).map((key) => [key, sorted(value[key])]));

for (const [name, calls] of Object.entries(pairs)) {
  await check(name, async () => {
    const second = first === "plain" ? "stream" : "plain";
    const original = JSON.stringify(sorted(await calls[first]()));
    const other = JSON.stringify(sorted(await calls[second]()));
    expect(decisions.at(-1)?.startsWith("recall;"), `an answer from memory, not ${decisions.at(-1)}`);
    expect(other === original, `the same answer: ${original} and ${other}`);
    expect(JSON.stringify(sorted(await calls[first]())) === original && decisions.at(-1)?.startsWith("recall;"), "the same again");
  });
}
