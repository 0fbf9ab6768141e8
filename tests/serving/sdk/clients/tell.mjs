// Reports one generation and one score with Langfuse's JavaScript SDK; prints the trace's id as a JSON line.
// Run as `node tell.mjs PROMPT` with the environment of follow.mjs.

import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const spans = new LangfuseSpanProcessor();
new NodeTracerProvider({ spanProcessors: [spans] }).register();
const client = new LangfuseClient();
const prompt = await client.prompt.get(process.argv[2]);

const trace = await startActiveObservation(
  "write",
  async (told) => {
    told.update({
      model: "m-1",
      prompt,
      input: "Hi",
      output: "Hello",
      usageDetails: { input: 3, output: 4 },
    });
    client.score.observation(told, { name: "helpful", value: 1 });
    return told.traceId;
  },
  { asType: "generation" },
);
await spans.forceFlush();
await client.flush();
console.log(JSON.stringify({ trace }));
