import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Changes, FileReview } from '../../src/core/changes/changes.ts';
import { Redactor } from '../../src/core/redact/redactor.ts';
import { isCutOff } from '../../src/core/session/standing.ts';
import type { SessionState } from '../../src/core/session/state.ts';
import { systemClock as clock } from '../../src/node/clock.ts';
import { userFolder } from '../../src/node/places.ts';
import { sealSecret } from '../../src/node/session/secret.ts';
import { findSession, listSessions, readState } from '../../src/node/session/sessions.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { openForReview } from '../../src/runtime/open-review.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

/** A few in every run; all of them take minutes: `KILLS=200`. */
const KILLS = Number(process.env.KILLS ?? 16);
const SEED = Number(process.env.FC_SEED ?? 20_261_128);
const TASKS = ['a', 'b', 'c'];
const LINES = [4, 20, 36];
/** The longest that a command lives where it is killed: about as long as it takes. */
const LIFE_MS: Record<string, number> = { accept: 900, reject: 900 };
const LONGEST_MS = 2500;
const log = { write: () => undefined };

/** Numbers that look random and are the same in every run of a seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return sides => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const fileOf = (task: string) => `${task}.txt`;
const before = Array.from({ length: 40 }, (_, i) => `line ${i}`);
/** A line that stands in one hunk of one file, and nowhere else. */
const mark = (task: string, line: number) => `line ${line} by ${task}`;

/** Three agents that change three places of a file each, one after the other, and a command. */
function answer({ tools, messages }: CanonicalRequest): ScriptedAnswer {
  const agents = TASKS.map(id => ({
    id,
    title: id,
    role: 'implementer',
    instructions: `This is ${id}.`,
    writes: [fileOf(id)],
  }));
  const deploy = { id: 'deploy', kind: 'command', title: 'Deploy', run: 'node deploy.js', needs: ['a'] };
  if (tools.some(({ name }) => name === 'propose_plan'))
    return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [...agents, deploy] } }] };
  const task = TASKS.find(id => JSON.stringify(messages[0]).includes(`This is ${id}.`)) ?? 'a';
  const turn = messages.filter(({ role }) => role === 'assistant').length;
  const path = fileOf(task);
  const pacing = { chunkChars: 20, firstByteMs: 20, betweenMs: 5 };
  if (turn === 0) return { toolCalls: [{ name: 'read_file', args: { path } }], pacing };
  const line = LINES[turn - 1];
  if (line === undefined) return { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }], pacing };
  const edit = { old: `line ${line}\n`, new: `${mark(task, line)}\n` };
  return { toolCalls: [{ name: 'edit_file', args: { path, edits: [edit] } }], pacing };
}

type Fate = 'pending' | 'accepted' | 'rejected';

/** One session and what is known of every change in it. */
class Mortal {
  readonly #lab: Awaited<ReturnType<typeof terminalLab>>;
  readonly #roll: (sides: number) => number;
  readonly #fates = new Map<string, Fate>();
  kills = 0;

  constructor(lab: Awaited<ReturnType<typeof terminalLab>>, roll: (sides: number) => number) {
    this.#lab = lab;
    this.#roll = roll;
  }

  get decided(): number {
    return [...this.#fates.values()].filter(fate => fate !== 'pending').length;
  }

  /** Runs a command of the program; killed at a random moment, unless it is to live. */
  async command(args: string[], mercy = false): Promise<{ died: boolean; code: number | null; said: string }> {
    const child = this.#lab.run(process.execPath, [program, ...args]);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (said += part));
    const timer = mercy
      ? undefined
      : setTimeout(() => child.kill('SIGKILL'), this.#roll(LIFE_MS[args[0] ?? ''] ?? LONGEST_MS));
    const [code, signal] = await once(child, 'close');
    clearTimeout(timer);
    const died = signal === 'SIGKILL';
    if (died) this.kills++;
    return { died, code, said };
  }

  async state(): Promise<SessionState | undefined> {
    const store = await this.#store();
    return store && (await readState(store)).state;
  }

  /** Decides on one change, or all of a file, with the pending list beside it before and after. */
  async decide(action: 'accept' | 'reject', mercy = false): Promise<void> {
    const pending = await this.pending();
    const all = [...pending];
    const [chosen, place] = all[this.#roll(all.length)] ?? [];
    if (chosen === undefined || place === undefined) return;
    const path = place.slice(0, place.indexOf('#'));
    const whole = this.#roll(4) === 0;
    const meant = all.flatMap(([text, at]) => (at === place || (whole && at.startsWith(`${path}#`)) ? [text] : []));
    const { died, code, said } = await this.command([action, whole ? path : place], mercy);
    if (!died) assert.equal(code, 0, said);
    const after = await this.pending();
    for (const text of meant) {
      const there = await this.#stands(text);
      if (after.has(text)) {
        assert.ok(died, `${action} of ${place} said that it was done, and it still waits`);
        assert.ok(there, `"${text}" waits and is not in its file`);
      } else {
        assert.equal(there, action === 'accept', `"${text}" was decided by ${action}`);
        this.#fates.set(text, action === 'accept' ? 'accepted' : 'rejected');
      }
    }
    await this.compare(after);
  }

  /** Nothing is forgotten: what was accepted stands, what was rejected is gone, all else waits. */
  async compare(pending: ReadonlyMap<string, string>): Promise<void> {
    for (const text of pending.keys()) {
      const known = this.#fates.get(text);
      assert.ok(known === undefined || known === 'pending', `"${text}" was ${known} and waits again`);
      this.#fates.set(text, 'pending');
    }
    for (const [text, fate] of this.#fates) {
      assert.equal(await this.#stands(text), fate !== 'rejected', `"${text}" is ${fate}`);
      if (fate === 'pending') assert.ok(pending.has(text), `"${text}" waits no more, and nobody decided on it`);
    }
  }

  /** What waits, each change by its own line, with how the terminal names it. Settles what a kill left open. */
  async pending(): Promise<Map<string, string>> {
    const store = await this.#store();
    const found = new Map<string, string>();
    if (!store) return found;
    const files = new NodeWorkspace(this.#lab.workspace);
    const opened = await openForReview({ store, files, clock, log, redactor: new Redactor() }, 'terminal');
    assert.ok(opened.ok, 'nobody runs it');
    const { changes, close } = opened.session;
    try {
      // What the command writes waits as well; it is the agents' work that is compared.
      for (const { path } of changes.pendingFiles())
        if (TASKS.some(task => path === fileOf(task))) await this.#read(changes, path, found);
    } finally {
      await close();
    }
    return found;
  }

  async #read(changes: Changes, path: string, found: Map<string, string>): Promise<void> {
    const { hunks } = (await changes.file(path)) as FileReview;
    const lines = (await readFile(join(this.#lab.workspace, path), 'utf8')).split('\n');
    for (const { id, current } of hunks) {
      const text = lines.slice(current.start, current.start + current.count).join('\n');
      found.set(text, `${path}#${id}`);
    }
  }

  async #stands(text: string): Promise<boolean> {
    const task = text.at(-1) as string;
    return (await readFile(join(this.#lab.workspace, fileOf(task)), 'utf8')).split('\n').includes(text);
  }

  async #store() {
    const { workspace, env } = this.#lab;
    const sessions = { workspace, clock, secret: sealSecret(userFolder(env)) };
    const [session] = await listSessions(sessions);
    return session && findSession(sessions, session.id);
  }
}

const over = (state: SessionState | undefined) => state?.status === 'ended' && state.outcome?.outcome === 'completed';
const waits = (state: SessionState | undefined) => [...(state?.tasks.values() ?? [])].some(isCutOff);

describe('run, resume, accept and reject that are killed', function () {
  this.timeout(60 * 60_000);
  const temp = tempFolder();
  afterEach(endServers);

  it(`${KILLS} times at random moments: the session finishes or asks about a command, and no decision is lost`, async () => {
    const told = { kills: 0, sessions: 0, asked: 0, decided: 0, by: {} as Record<string, number> };
    const started = performance.now();
    for (let number = 1; told.kills < KILLS; number++) {
      const roll = dice(SEED + number);
      const folder = await mkdtemp(join(temp.path, `s${number}-`));
      const lab = await terminalLab(folder, answer, {
        config: { permissions: { commands: { allow: ['node deploy.js'] } } },
      });
      await mkdir(join(lab.workspace, 'out'));
      for (const task of TASKS) await writeFile(join(lab.workspace, fileOf(task)), `${before.join('\n')}\n`);
      const deploy = "const fs = require('node:fs'); fs.appendFileSync('out/log', 'x'); setTimeout(() => {}, 300);";
      await writeFile(join(lab.workspace, 'deploy.js'), deploy);
      const mortal = new Mortal(lab, roll);
      const enough = () => told.kills + mortal.kills >= KILLS;
      const note = `seed ${SEED}, session ${number}`;
      const killed = async (name: string, work: () => Promise<unknown>) => {
        const earlier = mortal.kills;
        await work();
        told.by[name] = (told.by[name] ?? 0) + mortal.kills - earlier;
      };
      try {
        while (!(await mortal.state()))
          await killed('run', () => mortal.command(['run', 'Do it', '--yes', '--budget', '1000'], enough()));
        for (let step = 0; step < 60; step++) {
          const state = await mortal.state();
          await mortal.compare(await mortal.pending());
          if (over(state) && (await mortal.pending()).size === 0) break;
          const choice = over(state) ? roll(2) : roll(4);
          if (choice === 0) await killed('accept', () => mortal.decide('accept', enough()));
          else if (choice === 1) await killed('reject', () => mortal.decide('reject', enough()));
          else if (waits(state) && roll(2) === 0) {
            told.asked++;
            await killed('retry', () => mortal.command(['retry', 'deploy', '--yes'], enough()));
          } else {
            await killed('resume', async () => {
              const { died, code, said } = await mortal.command(['resume', '--yes'], enough());
              if (!died) assert.ok(code === 0 || (code === 130 && waits(await mortal.state())), `${code}: ${said}`);
            });
          }
        }
        const state = await mortal.state();
        if (waits(state)) assert.equal((await mortal.command(['retry', 'deploy', '--yes'], true)).code, 0);
        else if (!over(state)) assert.equal((await mortal.command(['resume', '--yes'], true)).code, 0);
        const last = await mortal.state();
        assert.ok(over(last), `${last?.outcome?.outcome}: ${last?.outcome?.reason}`);
        await mortal.compare(await mortal.pending());
        assert.equal(last?.openCalls.size, 0);
      } catch (error) {
        throw new Error(`${note}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
      told.kills += mortal.kills;
      told.decided += mortal.decided;
      told.sessions++;
      await endServers();
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    const by = Object.entries(told.by).map(([name, count]) => `${name} ${count}`);
    console.log(
      `      ${told.kills} kills (${by.join(', ')}) in ${told.sessions} sessions, ${told.decided} decisions, ${told.asked} asked, ${seconds} s`,
    );
    assert.ok(told.kills >= KILLS);
  });
});
