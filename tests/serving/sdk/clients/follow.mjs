// Follows one prompt with Langfuse's JavaScript SDK, as follow.py does with the Python ones.
// Run as `node follow.mjs NAME TTL_SECONDS` with LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL.

import { LangfuseClient } from "@langfuse/client";
import { configureGlobalLogger, LogLevel } from "@langfuse/core";

const EVERY_MS = 50;
configureGlobalLogger({ level: LogLevel.ERROR + 1 });
const [name, ttl] = process.argv.slice(2);
const client = new LangfuseClient();
const say = (told) => console.log(JSON.stringify(told));

const projects = await client.api.projects.get();
say({ auth: projects.data.length > 0 });

let open = true;
process.stdin.on("end", () => (open = false)).resume();
let known;
while (open) {
  let version;
  try {
    version = (await client.prompt.get(name, { cacheTtlSeconds: Number(ttl), maxRetries: 0 })).version;
  } catch (error) {
    if (error.statusCode !== 404) throw error;
    version = null;
  }
  if (version !== known) say({ version: (known = version) });
  await new Promise((next) => setTimeout(next, EVERY_MS));
}
process.exit(0);
