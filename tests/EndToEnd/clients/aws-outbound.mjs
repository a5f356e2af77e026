// Shows what the AWS SDK sends: made ready for AWS by the SDK itself, or sent through the gateway with a Sluice key.
// Usage: node aws-outbound.mjs alone CLOCK KEY_ID SECRET [SESSION_TOKEN]      prints one JSON line a call
//        node aws-outbound.mjs through ENDPOINT CLOCK KEY_ID SECRET           sends the same calls to ENDPOINT
import {
  BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand,
  ListAsyncInvokesCommand,
} from "@aws-sdk/client-bedrock-runtime";

const [mode, ...rest] = process.argv.slice(2);
const endpoint = mode === "through" ? rest.shift() : undefined;
const [clock, accessKeyId, secretAccessKey, sessionToken] = rest;

// A clock that stands still: the signature covers the second.
const at = Date.parse(clock);
Date.now = () => at;

const messages = [{ role: "user", content: [{ text: "Grüße an \u{1F30D}, \"quoted\" & <tagged>" }] }];
const claude = { anthropic_version: "bedrock-2023-05-31", max_tokens: 8, messages: [{ role: "user", content: "Hello" }] };
const calls = {
  "converse": () => new ConverseCommand({ modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", messages, requestMetadata: { app: "triage" } }),
  "converse stream": () => new ConverseStreamCommand({ modelId: "global.anthropic.claude-sonnet-4-5-20250929-v1:0", messages }),
  "invoke": () => new InvokeModelCommand({
    modelId: "anthropic.claude-3-haiku-20240307-v1:0", contentType: "application/json", accept: "application/json", body: JSON.stringify(claude),
    trace: "ENABLED", guardrailIdentifier: "gr-1", guardrailVersion: "1", performanceConfigLatency: "optimized", serviceTier: "flex",
  }),
  "invoke without a content type": () => new InvokeModelCommand({ modelId: "amazon.titan-embed-text-v2:0", body: JSON.stringify({ inputText: "Hello" }) }),
  "invoke stream on an ARN with a slash": () => new InvokeModelWithResponseStreamCommand({
    modelId: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6", contentType: "application/json", body: JSON.stringify(claude),
  }),
  "converse on an ARN with colons and a slash": () => new ConverseCommand({
    modelId: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", messages,
  }),
  "a query with reserved characters": () => new ListAsyncInvokesCommand({ statusEquals: "Completed", maxResults: 5, nextToken: "a/b+c== d" }),
};

// The handler where the SDK would open a connection: it shows the finished request and answers nothing.
const show = {
  metadata: { handlerProtocol: "http/1.1" },
  async handle(request) {
    // As the SDK's own transport writes a query: by name, reserved characters encoded.
    const query = Object.entries(request.query ?? {}).sort().map(([key, value]) => `${encode(key)}=${encode(value)}`).join("&");
    console.log(JSON.stringify({
      call: current, method: request.method, target: request.path + (query ? `?${query}` : ""), headers: request.headers,
      body: request.body ? Buffer.from(request.body).toString("base64") : "",
    }));
    throw new Error("shown");
  },
};

const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

let current;
const client = new BedrockRuntimeClient({
  region: "us-east-1", maxAttempts: 1, credentials: { accessKeyId, secretAccessKey, sessionToken },
  ...(endpoint ? { endpoint } : { requestHandler: show }),
});
// The id of a call is random and signed; held, so that two runs can be compared.
client.middlewareStack.addRelativeTo(
  (next) => async (args) => { args.request.headers["amz-sdk-invocation-id"] = "c62afd8f-5977-4b09-b930-0d0f391ebca0"; return next(args); },
  { relation: "before", toMiddleware: "httpSigningMiddleware", name: "holdInvocationId" });

for (const [name, command] of Object.entries(calls)) {
  current = name;
  try {
    const reply = await client.send(command());
    for await (const _ of reply.stream ?? reply.body ?? []);
  } catch (error) {
    // What answers is no Bedrock, so that a call fails proves nothing; but why it did helps where none arrived.
    if (endpoint) console.log(`${name}: ${error}`);
  }
}
