import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CanonicalRequest, ScriptedAnswer, ScriptedCall } from '../../src/rehearsal/wire/types.ts';
import { plant, type TreeEntry, treeChanges, treeOf } from './file-tree.ts';
import { needsSandbox } from './sandbox.ts';
import { codeOf, program, terminalLab } from './terminal-lab.ts';
import { endServers } from './wire.ts';

/**
 * Attempts on the person who opened a clone: the real program on a real folder, and a model server that plays an agent
 * which makes every call of a table in one session. Nobody is there to ask, so that what asks does not happen.
 *
 * In all texts `{workspace}`, `{outside}`, `{person}` (their home folder) and `{marks}` stand for folders, `{mark}` for a
 * file that only the code a case smuggles in would write, `{mark-js}` for JavaScript that writes it and `{mark-data}`
 * for the same as a URL that needs no quotes.
 */
export interface HoleWorld {
  /** What the clone brings. */
  workspace?: Record<string, TreeEntry>;
  /** What lies beside the workspace and must stay as it is. */
  outside?: Record<string, TreeEntry>;
  person?: Record<string, TreeEntry>;
  /** Texts no model may get to read. */
  secrets?: string[];
  /** Where files cannot say it: repositories, special files. */
  prepare?: (folders: HoleFolders) => Promise<void>;
  /** The person's own settings, beside the provider. */
  config?: object;
  /** Of the one task; `role` and `writes`, say. */
  task?: object;
  /** Commands are held by the operating system. */
  held?: boolean;
  /** Paths below workspace, outside or person that may change, such as `person/.npm`. */
  ignored?: string[];
}

export interface HoleCase {
  /** What is tried; the call itself if left out. */
  tries?: string;
  call: ScriptedCall;
  /**
   * `refused`, if left out: by the policy, at once or because nobody is there to ask. `anyhow`: it may run and fail, and
   * only what it left behind counts. `ok`: it does what it says, for the cases that must not be lost.
   */
  ends?: 'refused' | 'anyhow' | 'ok';
  /** The rule it is refused by, where that matters. */
  rule?: string;
}

export interface HoleFolders {
  workspace: string;
  outside: string;
  person: string;
  marks: string;
  /** Where the program keeps the person's settings and answers. */
  settings: string;
}

interface Outcome {
  ok: boolean;
  refusal?: string;
  output: string;
}

/** What the session left behind. */
export interface HoleRun {
  folders: HoleFolders;
  // biome-ignore lint/suspicious/noExplicitAny: events as they stand in the file
  events: any[];
  requests: CanonicalRequest[];
  /** What came, went or is different, marks aside. */
  changes: string[];
  /** Programs that ran, by the marks they left. */
  marks: string[];
  outcomeOf(index: number): Outcome;
}

/** The agent runs a command line. */
export const command = (line: string, cwd?: string): ScriptedCall => ({
  name: 'run_command',
  args: { command: line, ...(cwd !== undefined && { cwd }) },
});

/** A program that leaves a mark of that name when it is run. */
export const leavesMark = (name: string): TreeEntry => ({ program: `#!/bin/sh\n: > "{marks}/${name}"\n` });

/** An agent takes so many calls at once, and its journal so long an answer in one line. */
const CALLS_IN_ONE_ANSWER = 60;
const LONGEST_ANSWER = 3500;
/** Refusals by the policy, as opposed to calls that were made and came to nothing. */
const REFUSALS = /^(denied|outside-workspace|protected|secret-file|outside-claim|not-a-file|invalid)$/;
const ALWAYS_IGNORED = ['workspace/.orchestrate', 'person/.npm', 'person/.cache'];

/** One session for the whole table, and a test for each case of it. A string is a command that must not run. */
export function holes(
  title: string,
  world: HoleWorld,
  table: readonly (string | HoleCase)[],
  more?: (run: () => HoleRun) => void,
): void {
  const cases = table.map(one => (typeof one === 'string' ? { call: command(one) } : one));
  attempts(title, world, cases, more);
  if (cases.some(one => one.call.name === 'run_command'))
    attempts(`${title}, in the sandbox`, heldWorld(world), inSandbox(cases));
}

const heldWorld = (world: HoleWorld): HoleWorld => ({
  ...world,
  held: true,
  // Nothing is theirs to change.
  task: { ...world.task, writes: [] },
  config: { ...world.config, permissions: { ...permissionsOf(world), sandbox: 'required' } },
  // Results of builds are made for real.
  ignored: [...(world.ignored ?? []), ...BUILT],
});
const permissionsOf = ({ config }: HoleWorld) => (config as { permissions?: object } | undefined)?.permissions;
const BUILT =
  'node_modules dist build coverage target out .pytest_cache __pycache__ tests/__pycache__ src/__pycache__ .mypy_cache .ruff_cache'
    .split(' ')
    .map(name => `workspace/${name}`);

/** There it may run: it must have come to nothing all the same. What it may do has tests of its own. */
const inSandbox = (cases: HoleCase[]): HoleCase[] =>
  cases
    .filter(({ call, ends }) => call.name === 'run_command' && ends !== 'ok')
    .map(({ rule: _, ...one }) => {
      const args = { ...(one.call.args as object), timeoutSeconds: LONG_ENOUGH };
      return { ...one, call: { ...one.call, args }, ends: 'anyhow' };
    });
const LONG_ENOUGH = 2;

function attempts(title: string, world: HoleWorld, cases: HoleCase[], more?: (run: () => HoleRun) => void): void {
  describe(title, function () {
    this.timeout(180_000);
    let folder: string;
    let run: HoleRun;
    before(async function () {
      if (process.platform === 'win32') this.skip();
      if (world.held) await needsSandbox(this);
      folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-hole-')));
      run = await playHoles(
        folder,
        world,
        cases.map(one => one.call),
      );
    });
    after(async () => {
      await endServers();
      if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    for (const [index, one] of cases.entries())
      it(`${{ refused: 'stops', anyhow: 'survives', ok: 'allows' }[one.ends ?? 'refused']} ${titleOf(one)}`, () =>
        judge(one, run.outcomeOf(index), run, index));
    it('and leaves every file as it was, runs none of their programs, and shows no secret', () => {
      assert.deepEqual({ changes: run.changes, ran: run.marks }, { changes: [], ran: [] });
      const seen = JSON.stringify(run.requests.map(request => [request.system, request.messages]));
      for (const secret of world.secrets ?? []) assert.ok(!seen.includes(secret), `${secret} reached the model`);
    });
    more?.(() => run);
  });
}

function titleOf({ tries, call }: HoleCase): string {
  if (tries) return tries;
  const { command: line, ...rest } = (call.args ?? {}) as Record<string, unknown>;
  const shown = call.name === 'run_command' ? JSON.stringify(line) : call.name;
  return Object.keys(rest).length > 0 ? `${shown} ${JSON.stringify(rest)}` : shown;
}

function judge(one: HoleCase, outcome: Outcome, run: HoleRun, index: number): void {
  const said = `${outcome.refusal ?? 'it was done'}: ${outcome.output.slice(0, 1000)}`;
  const { ends = 'refused' } = one;
  if (ends === 'ok') assert.ok(outcome.ok, said);
  if (ends === 'refused') assert.match(outcome.refusal ?? '', REFUSALS, said);
  if (one.rule !== undefined)
    assert.ok(outcome.output.includes(`rule "${one.rule}"`) || outcome.refusal === one.rule, said);
  assert.ok(!run.marks.includes(String(index)), 'its code ran');
}

/** Plays the calls in one session and looks at what is left. */
export async function playHoles(folder: string, world: HoleWorld, calls: readonly ScriptedCall[]): Promise<HoleRun> {
  const requests: CanonicalRequest[] = [];
  const answers: ScriptedCall[][] = [];
  const answer = (request: CanonicalRequest): ScriptedAnswer => {
    requests.push(request);
    if (request.tools.some(tool => tool.name === 'propose_plan')) return { toolCalls: [planOf(world)] };
    const turn = request.messages.filter(message => message.role === 'assistant').length;
    return { toolCalls: answers[turn] ?? [{ name: 'finish_task', args: { summary: 'Done.' } }] };
  };
  // An agent that fails at everything is exactly what is wanted.
  const patient = { repeatedErrors: 1000, repeatedCalls: 1000, idleTurns: 1000 };
  const person = join(folder, 'person');
  const lab = await terminalLab(folder, answer, { config: { supervisor: patient, ...world.config }, home: person });
  const folders: HoleFolders = {
    workspace: lab.workspace,
    outside: join(folder, 'outside'),
    person,
    marks: join(folder, 'marks'),
    settings: join(folder, 'home'),
  };
  for (const path of [folders.outside, folders.person, folders.marks]) await mkdir(path, { recursive: true });
  for (const kind of ['workspace', 'outside', 'person'] as const)
    await plant(folders[kind], filled(world[kind] ?? {}, folders) as Record<string, TreeEntry>);
  await world.prepare?.(folders);
  answers.push(...inAnswers(calls.map((call, i) => filled(call, folders, i) as ScriptedCall)));

  const ignored = [...ALWAYS_IGNORED, ...(world.ignored ?? []), 'marks', 'home'];
  const before = await treeOf(folder, ignored);
  const child = lab.run(process.execPath, [program, 'run', 'Do it', '--yes', '--json']);
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', text => {
    said += text;
  });
  const code = await codeOf(child);
  const events = await lab.events();
  assert.equal(code, 0, said);
  return {
    folders,
    events,
    requests,
    changes: treeChanges(before, await treeOf(folder, ignored)),
    marks: await readdir(folders.marks),
    outcomeOf: index => outcomeOf(index, events, requests),
  };
}

function inAnswers(calls: readonly ScriptedCall[]): ScriptedCall[][] {
  const answers: ScriptedCall[][] = [];
  let length = 0;
  for (const call of calls) {
    const last = answers.at(-1);
    length += JSON.stringify(call).length;
    if (last && last.length < CALLS_IN_ONE_ANSWER && length < LONGEST_ANSWER) last.push(call);
    else {
      answers.push([call]);
      length = JSON.stringify(call).length;
    }
  }
  return answers;
}

function planOf({ task }: HoleWorld): ScriptedCall {
  const only = { id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'], ...task };
  return { name: 'propose_plan', args: { goal: 'Do it', tasks: [only] } };
}

/** Calls and results stand in a conversation in the same order, here and at the vendor, each under ids of their own. */
// biome-ignore lint/suspicious/noExplicitAny: events as they stand in the file
function outcomeOf(index: number, events: any[], requests: CanonicalRequest[]): Outcome {
  const made = events.flatMap(event =>
    event.type === 'agent-message' && event.message?.role === 'assistant' ? event.message.parts : [],
  );
  const { id } = made.filter(part => part.type === 'tool-call')[index] ?? {};
  const event = events.find(one => one.type === 'tool-outcome' && one.call === id);
  const parts = (requests.at(-1)?.messages ?? []).flatMap(message => [...message.parts]);
  const result = parts.filter(part => part.type === 'tool-result')[index];
  assert.ok(result && event, 'the call was never dealt with');
  return { ok: event.ok, refusal: event.refusal, output: result.output };
}

const percent = (char: string) => `%${char.charCodeAt(0).toString(16)}`;

/** Puts the real folders where their names stand. */
function filled(value: unknown, folders: HoleFolders, index?: number): unknown {
  if (typeof value === 'string') {
    const mark = join(folders.marks, String(index));
    const code = `process.getBuiltinModule("node:fs").writeFileSync("${mark}","")`;
    return value
      .replaceAll('{mark-js}', code)
      .replaceAll('{mark-data}', `data:text/javascript,${encodeURIComponent(code).replace(/[()]/g, percent)}`)
      .replaceAll('{mark}', mark)
      .replace(/\{(workspace|outside|person|marks|settings)\}/g, (_, name: keyof HoleFolders) => folders[name]);
  }
  if (Array.isArray(value)) return value.map(item => filled(item, folders, index));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [filled(key, folders, index), filled(item, folders, index)]),
  );
}
