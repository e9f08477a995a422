import * as z from 'zod';
import { ModelRef, Name } from './ids.ts';

const seconds = z.number().positive();
const usd = z.number().nonnegative();

export const ProviderKind = z.enum(['anthropic', 'openai', 'openai-compatible', 'google', 'ollama']);

const ModelEntry = z.strictObject({
  id: z.string().min(1),
  contextTokens: z.number().int().positive().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  tools: z.boolean().optional(),
  images: z.boolean().optional(),
  reasoning: z.boolean().optional(),
});

const Watchdogs = z.strictObject({
  connectSeconds: seconds.optional().describe('From sending to the first sign of an answer'),
  firstByteSeconds: seconds.optional().describe("From the answer's headers to its first event"),
  silenceSeconds: seconds.optional().describe('Between two events of an answer'),
});

export const ProviderEntry = z.strictObject({
  kind: ProviderKind.describe('The wire format this provider speaks'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Only for servers other than the vendor's own"),
  headers: z.record(z.string(), z.string()).optional().describe('Sent along with every request; never put keys here'),
  keyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .optional()
    .describe('Environment variable that holds the key, when it is not the usual one'),
  local: z.boolean().optional().describe('A server on your own machine: costs nothing and needs no key'),
  free: z.boolean().optional().describe('Costs nothing, so no budget applies'),
  disabled: z.boolean().optional(),
  models: z.array(ModelEntry).optional().describe('What is known of its models; goes before what the server lists'),
  concurrency: z.number().int().positive().optional().describe('Calls at once'),
  dialect: z.enum(['openai', 'openrouter', 'groq', 'deepseek', 'mistral', 'xai', 'plain']).optional(),
  legacyAuth: z.boolean().optional().describe('For proxies that know neither bearer keys nor the newest API version'),
  cache: z.enum(['short', 'long']).optional().describe('long keeps cached prompts for an hour, at a higher price'),
  numCtx: z.number().int().positive().optional().describe('Ollama: tokens of context the server makes room for'),
  watchdogs: Watchdogs.optional(),
});

const PriceRates = {
  input: usd,
  output: usd,
  cacheRead: usd.optional(),
  cacheWrite: usd.optional(),
  cacheWriteLong: usd.optional(),
};

export const PriceEntry = z.strictObject({
  model: ModelRef,
  from: z.iso.date().optional().describe('First day on which this price holds'),
  ...PriceRates,
  tiers: z
    .array(z.strictObject({ abovePromptTokens: z.number().int().positive(), ...PriceRates }))
    .optional()
    .describe('Rates for prompts larger than so many tokens'),
});

export const Budget = z.strictObject({
  sessionUsd: usd.optional().describe('What one session may cost'),
  agentUsd: usd.optional().describe('What one agent may cost'),
  dayUsd: usd.optional().describe('What all sessions of a day may cost, over all windows'),
  providers: z.record(Name, usd).optional().describe('What a session may spend at one provider'),
  alertAt: z.number().gt(0).lte(1).optional().describe('Share of a limit at which you are told'),
  whenSpent: z
    .enum(['local', 'pause', 'stop'])
    .optional()
    .describe('local: go on with free models; pause: wait for you; stop: end the session'),
});

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

export const WorkerEntry = z.strictObject({
  command: z
    .string()
    .min(1)
    .optional()
    .describe('The program that speaks the Agent Client Protocol; a name on the PATH, or a path'),
  args: z.array(z.string()).optional(),
  env: z.record(variable, z.string()).optional().describe('Set for it; never put keys here'),
  passEnv: z
    .array(variable)
    .optional()
    .describe('Variables of your environment that it gets, such as the one with its key; nothing else is passed on'),
  disabled: z.boolean().optional(),
});

const patterns = z.array(z.string().min(1));

/** Everything a user or a workspace may set. Every key is optional: the defaults work as soon as one key exists. */
export const Config = z.strictObject({
  providers: z
    .record(Name, ProviderEntry)
    .optional()
    .describe('Accounts at vendors, and local servers, by your own name'),
  routes: z
    .record(Name, z.array(ModelRef).min(1))
    .optional()
    .describe('Models in order of preference, by role; `default` is for roles without a route of their own'),
  workers: z
    .record(Name, WorkerEntry)
    .optional()
    .describe(
      'CLI agents that roles may name with `worker:`; read from your own settings only, never from a workspace',
    ),
  budget: Budget.optional(),
  prices: z.array(PriceEntry).optional().describe('US dollars per million tokens; go before the built-in prices'),
  permissions: z
    .strictObject({
      commands: z
        .strictObject({ allow: patterns.optional(), ask: patterns.optional(), deny: patterns.optional() })
        .optional()
        .describe('Patterns for single commands, such as "npm run *"; deny goes before ask, ask before allow'),
    })
    .optional(),
  team: z
    .strictObject({
      maxAgents: z.number().int().positive().optional().describe('Agents at work at once'),
      maxTurns: z.number().int().positive().optional().describe('Turns of one agent'),
      attempts: z.number().int().positive().optional().describe('Fresh attempts of one task before escalation'),
      approvePlan: z.boolean().optional().describe('Show the plan before anything runs'),
      commandSeconds: seconds.optional().describe('Time limit of one command'),
    })
    .optional(),
  supervisor: z
    .strictObject({
      silenceSeconds: seconds.optional(),
      repeatedCalls: z.number().int().positive().optional(),
      repeatedErrors: z.number().int().positive().optional(),
      idleTurns: z.number().int().positive().optional(),
    })
    .optional(),
  routing: z
    .strictObject({
      retries: z.number().int().nonnegative().optional(),
      longestWaitSeconds: seconds.optional().describe('Longest wait when every model of a route is resting'),
      concurrency: z.number().int().positive().optional().describe('Calls at once per provider'),
      watchdogs: Watchdogs.optional(),
    })
    .optional(),
  storage: z
    .strictObject({
      maxMegabytes: z.number().positive().optional().describe('Sessions of this workspace together'),
    })
    .optional(),
});

export type ProviderKind = z.infer<typeof ProviderKind>;
export type ProviderEntry = z.infer<typeof ProviderEntry>;
export type WorkerEntry = z.infer<typeof WorkerEntry>;
export type PriceEntry = z.infer<typeof PriceEntry>;
export type Config = z.infer<typeof Config>;
