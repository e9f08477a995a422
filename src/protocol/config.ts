import * as z from 'zod';
import { ModelRef, Name } from './ids.ts';
import { MemberEntry } from './member.ts';

/** Timers of a day are the longest that make sense, and far from the longest that there are. */
const seconds = z.number().positive().max(86_400);
const usd = z.number().nonnegative();
const upTo = (most: number) => z.number().int().positive().max(most);
const tokens = z.number().int().positive();

/** A choice of words, each with what it means, for completion and hovers. */
function choice<const Meanings extends Record<string, string>>(meanings: Meanings) {
  const words = Object.keys(meanings) as [keyof Meanings & string, ...(keyof Meanings & string)[]];
  return z.enum(words).meta({ enumDescriptions: Object.values(meanings) });
}

export const ProviderKind = choice({
  anthropic: 'The Messages API of Anthropic, or a proxy of it',
  openai: 'The Responses API of OpenAI',
  'openai-compatible':
    'Chat Completions, as most other vendors and local servers speak it; needs a base URL, except under a name that is known',
  google: 'The Gemini API of Google',
  ollama: "Ollama's own API, on this machine or another",
});

const ModelEntry = z.strictObject({
  id: z.string().min(1).describe('Its name at the provider'),
  contextTokens: tokens.optional().describe('Tokens of prompt and answer together'),
  maxOutputTokens: tokens.optional().describe('Tokens of one answer'),
  tools: z.boolean().optional().describe('Whether it can call tools; agents need that'),
  images: z.boolean().optional().describe('Whether it can look at images'),
  reasoning: z.boolean().optional().describe('Whether it thinks before it answers'),
});

const Watchdogs = z.strictObject({
  connectSeconds: seconds
    .optional()
    .describe('Seconds from sending to the first sign of an answer; 22 unless set, longer for local servers'),
  firstByteSeconds: seconds
    .optional()
    .describe("Seconds from the answer's headers to its first event; 22 unless set, longer for local servers"),
  silenceSeconds: seconds
    .optional()
    .describe('Seconds between two events of an answer; 22 unless set, longer for local servers'),
  patienceSeconds: seconds
    .optional()
    .describe('Seconds after which another model of the route is asked instead, where one can be; 12 unless set'),
  thinkingSeconds: seconds
    .optional()
    .describe(
      'Seconds that a model may think, or wait in a queue, and show only that it does; unless set, 180 for what says that it thinks and 45 for bare keep-alives',
    ),
  leastTokensPerMinute: z
    .number()
    .nonnegative()
    .max(100_000)
    .optional()
    .describe('An answer that comes more slowly counts as silent; 60 unless set, 0 for any speed'),
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
  disabled: z.boolean().optional().describe('Leaves this provider out, as if it had no key'),
  models: z
    .array(ModelEntry)
    .optional()
    .describe('Those of its models that are asked, and what is known of them; without it, the usual ones'),
  concurrency: upTo(1000).optional().describe('Calls at once'),
  dialect: choice({
    openai: 'As OpenAI has it',
    openrouter: 'OpenRouter',
    groq: 'Groq',
    deepseek: 'DeepSeek',
    mistral: 'Mistral',
    xai: 'xAI',
    plain: 'Only what every server understands',
  })
    .optional()
    .describe('What a server of kind openai-compatible understands beyond Chat Completions'),
  legacyAuth: z.boolean().optional().describe('For proxies that know neither bearer keys nor the newest API version'),
  cache: choice({ short: 'For some minutes', long: 'For an hour; writing costs more' })
    .optional()
    .describe('Anthropic: how long prompts stay in the cache'),
  numCtx: tokens.optional().describe('Ollama: tokens of context the server makes room for'),
  watchdogs: Watchdogs.optional().describe('How long it may keep a call waiting'),
});

const PriceRates = {
  input: usd.describe('Dollars for a million tokens of prompt'),
  output: usd.describe('Dollars for a million tokens of answer, thinking included'),
  cacheRead: usd.optional().describe('Dollars for a million tokens read from the cache'),
  cacheWrite: usd.optional().describe('Dollars for a million tokens written to the cache'),
  cacheWriteLong: usd.optional().describe('Dollars for a million tokens written to the cache for an hour'),
};

export const PriceEntry = z.strictObject({
  model: ModelRef.describe('As provider/model'),
  from: z.iso.date().optional().describe('First day on which this price holds'),
  ...PriceRates,
  tiers: z
    .array(z.strictObject({ abovePromptTokens: tokens.describe('Prompts larger than this cost that'), ...PriceRates }))
    .optional()
    .describe('Rates for prompts larger than so many tokens'),
});

export const Budget = z.strictObject({
  sessionUsd: usd.optional().describe('Dollars that one session may cost; 5 unless set'),
  agentUsd: usd.optional().describe('Dollars that one agent may cost'),
  dayUsd: usd.optional().describe('Dollars that all sessions of a day may cost, over all windows'),
  extensionsDayUsd: usd
    .optional()
    .describe('Dollars that other extensions may spend in a day through "Orchestrate: best available"; 1 unless set'),
  providers: z.record(Name, usd).optional().describe('Dollars that a session may spend at one provider, by its name'),
  alertAt: z.number().gt(0).lte(1).optional().describe('Share of a limit at which you are told; 0.8 is 80 percent'),
  whenSpent: choice({
    local: 'Goes on with models that cost nothing',
    pause: 'Waits until you raise the limit or end the session',
    stop: 'Ends the session; it can be resumed',
  })
    .optional()
    .describe('What a session does when its money is spent'),
});

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

const domain = z.string().regex(/^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/);

export const WorkerEntry = z.strictObject({
  command: z
    .string()
    .min(1)
    .optional()
    .describe('The program that speaks the Agent Client Protocol; a name on the PATH, or a path'),
  args: z.array(z.string()).optional().describe('What the program is started with'),
  env: z.record(variable, z.string()).optional().describe('Set for it; never put keys here'),
  passEnv: z
    .array(variable)
    .optional()
    .describe('Variables of your environment that it gets, such as the one with its key; nothing else is passed on'),
  sandbox: choice({
    auto: 'Where the system can hold it',
    off: 'Never: it runs as your own programs do, and asks before it acts',
  })
    .optional()
    .describe('Whether the operating system holds it; auto unless set'),
  folders: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'In the sandbox: its own files and folders beside those that are known, such as ".config/agent" in your home folder; it may write them',
    ),
  network: z
    .array(domain)
    .optional()
    .describe('In the sandbox: domains that it may reach beside those that are known, such as "api.example.com"'),
  disabled: z.boolean().optional().describe('Leaves this one out'),
});

const patterns = z.array(z.string().min(1));
const command = z.string().min(1).max(4000);
const branch = z.string().min(1).max(200);

export const DeliveryConfig = z.strictObject({
  target: branch.optional().describe('The branch that work goes to; the one that is checked out unless set'),
  setup: command
    .optional()
    .describe(
      'Runs in a working tree before the checks, such as "npm ci --prefer-offline"; what it installs must be ignored by git',
    ),
  checks: z.array(command).optional().describe('Commands that must succeed on exactly what the target would become'),
  approval: choice({
    person: 'You say yes to what the target would become',
    reviewer: 'A reviewer of another provider than the authors, or you',
    none: 'The checks are enough',
  })
    .optional()
    .describe('Whose yes it takes to land; person unless set'),
  batch: upTo(100)
    .optional()
    .describe('The most deliveries that are tried together, and halved where the checks fail; 8 unless set'),
  trees: upTo(64).optional().describe('The most working trees for checks and agents; 4 unless set'),
  checkSeconds: seconds.optional().describe('Seconds that one check may take; 900 unless set'),
});

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day, such as "09:30"');
const Day = choice({
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
});

export const Environment = z.strictObject({
  command: command.describe('Deploys the folder it runs in, which holds exactly the commit that is deployed'),
  target: branch.optional().describe('The branch whose commits go there; that of delivery.target unless set'),
  approval: choice({ person: 'You say yes to exactly this commit', none: 'Whoever deploys decides' })
    .optional()
    .describe('Whose yes it takes; person unless set'),
  checks: z.array(command).optional().describe('Commands that must succeed on the commit before it is deployed'),
  waitMinutes: z.number().nonnegative().max(100_000).optional().describe('Minutes between the yes and the deployment'),
  window: z
    .strictObject({
      days: z.array(Day).min(1).optional().describe('Days of the week; all unless set'),
      from: time.describe('Time of day, as your machine tells it'),
      to: time.describe('Time of day; before `from` it is that of the next day'),
    })
    .optional()
    .describe('When it may be deployed'),
  secrets: z
    .array(variable)
    .optional()
    .describe('Names of secrets that the commands get, each in a variable of its name'),
  health: command.optional().describe('Tells by its exit code whether what was deployed works'),
  healthSeconds: seconds.optional().describe('Seconds in which it has to become well; 60 unless set'),
  rollback: command.optional().describe('Puts back what was there before; runs in the commit that was deployed last'),
  commandSeconds: seconds.optional().describe('Seconds that a command may take; 900 unless set'),
});

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
  budget: Budget.optional().describe('What sessions may cost, and what happens when it is spent'),
  prices: z.array(PriceEntry).optional().describe('US dollars per million tokens; go before the built-in prices'),
  permissions: z
    .strictObject({
      commands: z
        .strictObject({
          allow: patterns.optional().describe('Patterns of commands that run without asking, such as "npm run *"'),
          ask: patterns.optional().describe('Patterns of commands that run when you say so, each time'),
          deny: patterns
            .optional()
            .describe('Patterns of commands that never run; deny goes before ask, ask before allow'),
        })
        .optional()
        .describe('Patterns for single commands, such as "npm run *"; deny goes before ask, ask before allow'),
      sandbox: choice({
        auto: 'Where the system can hold them; elsewhere they are asked about',
        required: 'No session begins where nothing can hold them',
        off: 'Never: commands run as yours do, and are asked about',
      })
        .optional()
        .describe('Whether the commands of agents run in a sandbox of the operating system; auto unless set'),
      network: z
        .array(domain)
        .optional()
        .describe('Domains that commands in the sandbox may reach, such as "registry.npmjs.org" or "*.pypi.org"'),
    })
    .optional()
    .describe('What agents may do without asking'),
  team: z
    .strictObject({
      maxAgents: upTo(1000).optional().describe('Agents at work at once; 4 unless set'),
      maxTurns: upTo(10_000).optional().describe('Turns of one agent, each a call of a model; 60 unless set'),
      attempts: upTo(100)
        .optional()
        .describe('Attempts with a new agent when one has failed, before another provider is tried; 1 unless set'),
      approvePlan: z.boolean().optional().describe('Waits for you to approve the plan before anything runs'),
      commandSeconds: seconds.optional().describe('Seconds that one command may take; 300 unless set'),
      lead: choice({
        active: 'Also when a phase ends, or a contract or a blocker comes up',
        quiet: 'When something has failed for good, or all has ended and something is missing',
        off: 'Never',
      })
        .optional()
        .describe('When the orchestrator is asked after planning; quiet unless set'),
      leadShare: z
        .number()
        .positive()
        .max(1)
        .optional()
        .describe('The part of the session’s budget that the orchestrator may spend after planning; 0.1 unless set'),
      healthMinutes: z
        .number()
        .positive()
        .max(24 * 60)
        .optional()
        .describe('Minutes between two health checks of the sessions of a standing team; 5 unless set'),
    })
    .optional()
    .describe('How many work at once, and how long'),
  supervisor: z
    .strictObject({
      silenceSeconds: seconds
        .optional()
        .describe('Seconds without a sign of an agent after which it counts as stuck; 300 unless set'),
      repeatedCalls: upTo(1000)
        .optional()
        .describe('Identical tool calls with the same result after which an agent counts as stuck; 4 unless set'),
      repeatedErrors: upTo(1000)
        .optional()
        .describe('Errors in a row after which an agent counts as stuck; 6 unless set'),
      idleTurns: upTo(1000)
        .optional()
        .describe('Turns without anything new after which an agent counts as stuck; 8 unless set'),
    })
    .optional()
    .describe('When an agent counts as stuck'),
  routing: z
    .strictObject({
      retries: z
        .number()
        .int()
        .nonnegative()
        .max(100)
        .optional()
        .describe('Further tries on the same model before the next one of the route is taken; 2 unless set'),
      longestWaitSeconds: seconds
        .optional()
        .describe('Longest wait in seconds when every model of a route is resting; 90 unless set'),
      hedgeSeconds: z
        .number()
        .nonnegative()
        .max(86_400)
        .optional()
        .describe(
          'Asks the next model too when the first is silent for this many seconds, and takes the first that answers; you may have to pay for both. Unless set, only beside one that sends keep-alives and nothing else for longer than it is waited for; 0 for never',
        ),
      concurrency: upTo(1000).optional().describe('Calls at once per provider; 8 unless set'),
      watchdogs: Watchdogs.optional().describe('How long a provider may keep a call waiting'),
    })
    .optional()
    .describe('Retries, waiting and time limits of model calls'),
  delivery: DeliveryConfig.optional().describe('How accepted work gets to a branch'),
  environments: z
    .record(Name, Environment)
    .optional()
    .describe('Places where a branch is deployed to, by your own name'),
  members: z
    .record(Name, MemberEntry)
    .optional()
    .describe('Members of the standing team that `orchestrate start` runs, by their names'),
  storage: z
    .strictObject({
      maxMegabytes: z
        .number()
        .positive()
        .optional()
        .describe('Megabytes of all sessions of this workspace together; 500 unless set'),
    })
    .optional()
    .describe('How much of earlier sessions is kept'),
  traces: z
    .strictObject({
      endpoint: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe(
          'Address of a collector that takes OTLP over HTTP, such as "http://localhost:4318"; read from your own settings only, never from a workspace',
        ),
      contents: z
        .boolean()
        .optional()
        .describe('Whether what agents and tools are told and say is sent along; false unless set'),
    })
    .optional()
    .describe('Where sessions are traced to by OpenTelemetry; nowhere unless set'),
});

export type ProviderKind = z.infer<typeof ProviderKind>;
export type ProviderEntry = z.infer<typeof ProviderEntry>;
export type WorkerEntry = z.infer<typeof WorkerEntry>;
export type PriceEntry = z.infer<typeof PriceEntry>;
export type DeliveryConfig = z.infer<typeof DeliveryConfig>;
export type Environment = z.infer<typeof Environment>;
export type Config = z.infer<typeof Config>;
