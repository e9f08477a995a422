import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { bundled } from '../support/bundled.ts';
import type { MortalOptions } from '../support/mortal-session.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Enough for every run; more of them take minutes: `KILLS=200`. */
const KILLS = Number(process.env.KILLS ?? 40);

/** Numbers that look random and are the same in every run of a seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return sides => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

let program = '';

async function live(options: MortalOptions): Promise<{ died: boolean; out: string }> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', text => {
    out += text;
  });
  child.stderr.on('data', text => {
    err += text;
  });
  const [code, signal] = await once(child, 'close');
  assert.ok(signal === 'SIGKILL' || code === 0, `${code} ${signal}: ${out}${err}`);
  return { died: signal === 'SIGKILL', out };
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(folder, '.orchestrate'))) continue;
    found[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
  }
  return found;
}

async function sessionIn(workspace: string): Promise<string | undefined> {
  const found = await readdir(join(workspace, '.orchestrate/sessions')).catch(() => []);
  return found.find(name => !name.startsWith('.'));
}

async function eventsOf(workspace: string): Promise<JournalEvent[]> {
  const id = (await sessionIn(workspace)) as string;
  const text = await readFile(join(workspace, '.orchestrate/sessions', id, 'events.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}

/** How often each command line was really started, and how often the journal says that it was to be. */
async function assertCommandsOnce(home: string, events: JournalEvent[]): Promise<void> {
  const intended = new Map<string, number>();
  for (const event of events) {
    const command =
      event.type === 'tool-intent' && event.tool === 'run_command'
        ? (event.args as { command: string }).command
        : event.type === 'check-started'
          ? 'run' in event.check
            ? event.check.run
            : 'artifact' in event.check
              ? (event.check.matches?.run ?? event.check.serves?.start[0]?.run)
              : undefined
          : undefined;
    if (command) intended.set(command, (intended.get(command) ?? 0) + 1);
  }
  const started = (await readFile(join(home, 'commands.log'), 'utf8')).trimEnd().split('\n');
  for (const command of new Set(started)) {
    const times = started.filter(each => each === command).length;
    assert.ok(
      times <= (intended.get(command) ?? 0),
      `${command}: started ${times} times, intended ${intended.get(command)}`,
    );
  }
}

function assertNothingOpen(events: JournalEvent[]): void {
  const outcomes = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'call-outcome') outcomes.set(event.call, (outcomes.get(event.call) ?? 0) + 1);
  }
  for (const event of events) {
    if (event.type === 'call-intent') assert.equal(outcomes.get(event.call), 1, `call ${event.call} is settled once`);
  }
  const finished = events.filter(event => event.type === 'task-completed').map(event => event.task);
  assert.equal(new Set(finished).size, finished.length, 'no finished task was run again');
  assert.deepEqual(
    events.map(event => event.seq),
    events.map((_, index) => index + 1),
  );
}

describe('a session that is killed again and again', function () {
  this.timeout(20 * 60_000);
  const temp = tempFolder();
  before(async () => {
    program = await bundled('mortal-session.ts');
  });

  it(`ends with the same files after ${KILLS} kills at random records as without any`, async () => {
    const whole = { workspace: join(temp.path, 'whole'), home: join(temp.path, 'whole-home') };
    await mkdir(whole.workspace);
    await mkdir(whole.home);
    assert.equal((await live(whole)).died, false);
    const wanted = await filesIn(whole.workspace);
    assert.ok(Object.keys(wanted).length >= 17);

    const seed = Number(process.env.FC_SEED ?? 20_261_121);
    const next = { kills: 0, chain: 0 };
    const chain = async () => {
      while (next.kills < KILLS) {
        const number = ++next.chain;
        const roll = dice(seed + number);
        const place = { workspace: join(temp.path, `w${number}`), home: join(temp.path, `h${number}`) };
        await mkdir(place.workspace);
        await mkdir(place.home);
        for (let finished = false; !finished; ) {
          const session = await sessionIn(place.workspace);
          const mercy = next.kills >= KILLS ? {} : { dieAfter: 1 + roll(14), flushed: roll(2) === 0 };
          const { died } = await live({ ...place, ...(session && { session }), ...mercy });
          if (died) next.kills++;
          finished = !died;
        }
        const events = await eventsOf(place.workspace);
        const note = `seed ${seed}, chain ${number}`;
        assert.deepEqual(await filesIn(place.workspace), wanted, note);
        assert.equal(events.findLast(event => event.type === 'session-ended')?.outcome, 'completed', note);
        assertNothingOpen(events);
        await assertCommandsOnce(place.home, events);
      }
    };
    await Promise.all([chain(), chain()]);
    assert.ok(next.kills >= KILLS);
  });
});
