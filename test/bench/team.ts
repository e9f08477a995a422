/**
 * What a team costs over the bare exchanges: agents of 20 tool turns each, about 25 events a turn, against the wire
 * servers in a process of their own. Each number of agents runs in a process of its own, after eight agents to warm up;
 * the floor sends the same bodies with fetch and keeps the conversation, and nothing else. Then the resume of a journal
 * of 100,000 events.
 *
 * `--agents 1,10,100` measures fewer, `--rounds 3` takes medians, `--profile FOLDER` keeps CPU profiles of the team,
 * `--only-team` leaves the floor out.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Measured } from '../support/team-bench/measured.ts';
import { TURNS } from '../support/team-bench/script.ts';
import type { Conversation, Task } from '../support/team-bench/task.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

interface Team extends Measured {
  session: string;
  events: number;
  journal: number;
  kept: number;
}

const RESUMED_EVENTS = 100_000;
const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '1,10,100,200,1000' },
    rounds: { type: 'string', default: '1' },
    profile: { type: 'string' },
    'only-team': { type: 'boolean', default: false },
  },
});
const sizes = values.agents.split(',').map(Number);
const rounds = Number(values.rounds);

const server = fork(new URL('../support/team-bench/server.ts', import.meta.url));
const [{ url }] = (await once(server, 'message')) as [{ url: string }];

async function inChild<T>(file: URL, task: Task, execArgv: string[] = []): Promise<T> {
  const child = fork(file, { execArgv: ['--expose-gc', ...execArgv] });
  child.send(task);
  const result = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (!result) throw new Error(`${file.pathname} ended without a result`);
  if (child.exitCode === null) await once(child, 'exit');
  return result[0] as T;
}

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
const profiling = values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile];
const team = (task: Task, profile: string[] = []) =>
  inChild<Team>(new URL('../support/team-bench/product.ts', import.meta.url), task, profile);

function row(what: string, agents: number, all: Measured[], more = ''): number {
  const turns = agents * TURNS;
  const cpu = median(all.map(each => each.cpuMs)) / turns;
  const wall = median(all.map(each => each.wallMs)) / turns;
  const peak = median(all.map(each => each.peak)) / 1e9;
  const blocked = median(all.map(each => each.blockedMs));
  console.log(
    `${String(agents).padStart(5)} agents  ${what.padEnd(5)}  CPU ${cpu.toFixed(3)} ms a turn, wall ${wall.toFixed(3)}, memory ${peak.toFixed(2)} GB, longest block ${blocked.toFixed(0)} ms${more}`,
  );
  return cpu;
}

/** What the last turn of the team before sent. */
async function conversation(): Promise<Conversation> {
  server.send('conversation');
  const [said] = (await once(server, 'message')) as [{ conversation: Conversation }];
  return said.conversation;
}

async function compare(agents: number, folder: string): Promise<Team[]> {
  const floors: Measured[] = [];
  const teams: Team[] = [];
  for (let round = 0; round < rounds; round++) {
    const task = { agents, url, folder: join(folder, String(round)) };
    teams.push(await team(task, profiling));
    if (values['only-team']) continue;
    const same = { ...task, conversation: await conversation() };
    floors.push(await inChild(new URL('../support/team-bench/floor.ts', import.meta.url), same));
  }
  if (floors.length > 0) row('floor', agents, floors);
  const ratios = teams.map((each, i) => each.cpuMs / (floors[i]?.cpuMs ?? Number.NaN));
  const last = teams.at(-1) as Team;
  const size = `journal ${(last.journal / 1e6).toFixed(1)} MB, ${last.events} events, with blobs ${(last.kept / 1e6).toFixed(1)} MB`;
  row('team', agents, teams, `, ${median(ratios).toFixed(2)} times the floor; ${size}`);
  return teams;
}

/** The session as if it had been killed after so many events. */
async function cutOff(folder: string, session: string): Promise<number> {
  const path = join(folder, 'workspace', '.orchestrate', 'sessions', session, 'events.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n');
  // The end of the session is cut in any case, so that there is something to go on with.
  const kept = lines.slice(0, Math.min(RESUMED_EVENTS, Math.floor(lines.length * 0.9)));
  await writeFile(path, `${kept.join('\n')}\n`);
  return kept.length;
}

try {
  await inTemporaryFolder(async folder => {
    const cpu = new Map<number, number>();
    let largest: { folder: string; team: Team; agents: number } | undefined;
    for (const agents of sizes) {
      const place = join(folder, String(agents));
      const teams = await compare(agents, place);
      cpu.set(agents, median(teams.map(each => each.cpuMs)) / agents);
      largest = { folder: join(place, String(rounds - 1)), team: teams.at(-1) as Team, agents };
    }
    for (const from of [10, 200]) {
      const [few, many] = [cpu.get(from), cpu.get(1000)];
      if (few && many) console.log(`CPU a turn of 1000 agents: ${(many / few).toFixed(2)} times that of ${from}`);
    }
    if (!largest) return;
    const { session } = largest.team;
    const events = await cutOff(largest.folder, session);
    const task = { agents: largest.agents, url, folder: largest.folder, session };
    const resume = new URL('../support/team-bench/resume.ts', import.meta.url);
    const { ms, cpuMs } = await inChild<{ ms: number; cpuMs: number }>(resume, task, profiling);
    console.log(`resume of ${events} events: ${ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU`);
  });
} finally {
  server.disconnect();
}
