// A CLI agent that does what a script says, over the real protocol: `node acp-agent.ts LOG SCRIPT [HABITS]`.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import {
  type AgentContext,
  agent,
  methods,
  ndJsonStream,
  RequestError,
  type RequestPermissionResponse,
  type SessionUpdate,
  type ToolKind,
} from '@agentclientprotocol/sdk';

interface Tool {
  kind: ToolKind;
  title: string;
  command?: string;
  /** Of the command. */
  cwd?: string;
  path?: string;
}

/** One thing it does. */
export type Step =
  | { say: string }
  | { think: string }
  | { tool: Tool }
  /** Writes by itself, wherever it likes. */
  | { write: string; text: string }
  | { remove: string }
  /** Runs a command, and says what that said. */
  | { run: string }
  /** Does the command that it was told to run, with or without asking. */
  | { obey: 'asking' | 'unasked' }
  /** Writes through the client, and says what it was told. */
  | { through: string; text: string }
  | { ask: Tool; granted?: Step[]; denied?: Step[] }
  /** All that the session has cost so far. */
  | { cost: number }
  | { wait: number }
  /** A child in a process group of its own, which lives long and leaves its number in this file. */
  | { child: string }
  | { die: number }
  /** Until it is cancelled. */
  | { hang: true }
  /** Does not hear a cancel, and goes on writing this file. */
  | { deaf: string }
  | { fail: { code: number; message: string } }
  | { end: 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal'; usage?: { input: number; output: number } };

/** For each start of the program, for each turn: what it does. The last of each stands for all that follow. */
export type Script = Step[][][];

/** How it is, whatever its script. */
export interface Habits {
  /** It takes images. */
  sees?: boolean;
  /** The mode it starts in; it goes into others when it is asked, unless it is stubborn. */
  mode?: string;
  stubborn?: boolean;
  /** What it tells of its login, as some do. */
  auth?: 'none' | 'api_key';
  models?: string[];
  /** Wants a login before anything else. */
  locked?: boolean;
  /** Never answers. */
  mute?: boolean;
}

/** What it notes of a start, and of each prompt. */
export type Note = { start: number; folder: string; env: Record<string, string> } | { prompt: string };

const [log = '', text = '[]', habitsText = '{}'] = process.argv.slice(2);
const habits = JSON.parse(habitsText) as Habits;
const earlier = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
const start = earlier.filter(line => line.startsWith('{"start"')).length;
const script = JSON.parse(text) as Script;
const turns = script[Math.min(start, script.length - 1)] ?? [];
const note = (what: Note) => appendFileSync(log, `${JSON.stringify(what)}\n`);
note({ start, folder: process.cwd(), env: process.env as Record<string, string> });

let turn = 0;
let uses = 0;
let cancelled = Promise.withResolvers<void>();
let sessions = 0;
let mode = habits.mode;
/** What was said last. */
let prompted = '';
/** The one under way. */
const session = { sessionId: '' };
const sleep = (ms: number) => new Promise(done => setTimeout(done, ms));

type Ending = { stopReason: 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal' | 'cancelled'; usage?: object };

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  await writeFile(path, content);
}

function told({ kind, title, command, cwd, path }: Tool) {
  uses++;
  return {
    toolCallId: `t${uses}`,
    title,
    kind,
    ...(command !== undefined && { rawInput: { command, cwd } }),
    ...(path !== undefined && { locations: [{ path: resolve(path) }] }),
  };
}

async function act(steps: readonly Step[], client: AgentContext): Promise<Ending | undefined> {
  const update = (body: SessionUpdate) => client.notify(methods.client.session.update, { ...session, update: body });
  const say = (said: string) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: said } });
  for (const step of steps) {
    if ('say' in step) await say(step.say);
    else if ('think' in step)
      await update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: step.think } });
    else if ('tool' in step) {
      const tool = told(step.tool);
      await update({ sessionUpdate: 'tool_call', ...tool, status: 'in_progress' });
      await update({ sessionUpdate: 'tool_call_update', toolCallId: tool.toolCallId, status: 'completed' });
    } else if ('write' in step) await put(step.write, step.text);
    else if ('remove' in step) await rm(step.remove);
    else if ('run' in step) {
      const { stdout, stderr } = spawnSync('/bin/sh', ['-c', step.run], { encoding: 'utf8', timeout: 20_000 });
      await say(`${stdout}${stderr}`);
    } else if ('obey' in step) {
      const [, command = '', path = ''] = /^(echo ready > "(.*)")$/m.exec(prompted) ?? [];
      const tool: Tool = { kind: 'execute', title: command, command };
      const ending =
        step.obey === 'unasked'
          ? await act([{ tool }, { write: path, text: 'ready\n' }], client)
          : await act([{ ask: tool, granted: [{ write: path, text: 'ready\n' }] }], client);
      if (ending) return ending;
    } else if ('through' in step) {
      const request = { ...session, path: resolve(step.through), content: step.text };
      await client
        .request(methods.client.fs.writeTextFile, request)
        .catch((error: unknown) => say(`refused: ${error instanceof Error ? error.message : error}`));
    } else if ('ask' in step) {
      const options = (['allow_once', 'allow_always', 'reject_once'] as const).map(kind => ({
        kind,
        name: kind,
        optionId: kind,
      }));
      const toolCall = told(step.ask);
      const asked = { ...session, toolCall, options };
      const { outcome }: RequestPermissionResponse = await client.request(
        methods.client.session.requestPermission,
        asked,
      );
      const answer = outcome.outcome === 'selected' ? outcome.optionId : outcome.outcome;
      await say(`answered: ${answer}`);
      if (answer === 'cancelled') return { stopReason: 'cancelled' };
      const ending = await act((answer.startsWith('allow') ? step.granted : step.denied) ?? [], client);
      if (ending) return ending;
    } else if ('cost' in step)
      await update({
        sessionUpdate: 'usage_update',
        used: 10,
        size: 1000,
        cost: { amount: step.cost, currency: 'USD' },
      });
    else if ('wait' in step) await sleep(step.wait);
    else if ('child' in step) {
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600_000)'], {
        detached: true,
        stdio: 'ignore',
      });
      await put(step.child, String(child.pid));
    } else if ('die' in step) process.exit(step.die);
    else if ('hang' in step) {
      // Something has to keep the process alive.
      const timer = setInterval(() => undefined, 1000);
      await cancelled.promise;
      clearInterval(timer);
      return { stopReason: 'cancelled' };
    } else if ('deaf' in step) {
      process.on('SIGTERM', () => undefined);
      for (let count = 1; ; count++) {
        await put(step.deaf, `line ${count}\n`);
        await sleep(20);
      }
    } else if ('fail' in step) throw new RequestError(step.fail.code, step.fail.message);
    else {
      const { usage } = step;
      return {
        stopReason: step.end,
        ...(usage && { usage: { inputTokens: usage.input, outputTokens: usage.output } }),
      };
    }
  }
  return undefined;
}

agent({ name: 'scripted' })
  .onRequest(methods.agent.initialize, async ({ params }) => {
    if (habits.mute) await new Promise(() => setInterval(() => undefined, 1000));
    return {
      protocolVersion: params.protocolVersion,
      agentCapabilities: { promptCapabilities: { image: habits.sees === true } },
    };
  })
  .onRequest(methods.agent.session.new, async ({ client }) => {
    if (habits.locked) throw new RequestError(-32000, 'Authentication required');
    if (habits.auth) await client.notify('_auth/status_update', { authStatus: { kind: habits.auth } });
    const { models } = habits;
    const [currentValue = ''] = models ?? [];
    const options = (models ?? []).map(value => ({ value, name: value }));
    return {
      sessionId: `s${++sessions}`,
      ...(mode !== undefined && {
        modes: {
          currentModeId: mode,
          availableModes: ['default', 'auto'].map(id => ({ id, name: id })),
        },
      }),
      ...(models && {
        configOptions: [
          { id: 'model', name: 'Model', category: 'model' as const, type: 'select' as const, currentValue, options },
        ],
      }),
    };
  })
  .onRequest(methods.agent.session.setMode, async ({ params, client }) => {
    if (!habits.stubborn) mode = params.modeId;
    await client.notify(methods.client.session.update, {
      sessionId: params.sessionId,
      update: { sessionUpdate: 'current_mode_update', currentModeId: mode ?? '' },
    });
    return {};
  })
  .onNotification(methods.agent.session.cancel, () => cancelled.resolve())
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    cancelled = Promise.withResolvers<void>();
    session.sessionId = params.sessionId;
    prompted = params.prompt
      .map(part => (part.type === 'text' ? part.text : `[${part.type} ${'mimeType' in part ? part.mimeType : ''}]`))
      .join('');
    note({ prompt: prompted });
    const steps = turns[Math.min(turn, turns.length - 1)] ?? [];
    turn++;
    return (await act(steps, client)) ?? { stopReason: 'end_turn' };
  })
  .connect(
    ndJsonStream(
      Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  );
