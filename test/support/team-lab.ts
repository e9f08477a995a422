import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { StationEvent } from '../../src/protocol/station.ts';
import { tempFolder } from './temp-folder.ts';
import { program } from './terminal-lab.ts';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface TeamLab {
  /** The workspace of the test. */
  readonly path: string;
  start(...args: string[]): ChildProcess;
  /** Runs a command to its end. */
  orchestrate(...args: string[]): Promise<Ended>;
  /** The events that a team prints, as they come. */
  eventsOf(child: ChildProcess): AsyncGenerator<StationEvent>;
  /** The first of them that is so. */
  untilEvent(child: ChildProcess, found: (event: StationEvent) => boolean): Promise<StationEvent>;
}

/** The program in a fresh folder, with a home of its own; what still runs when a test ends is killed. */
export function teamLab(): TeamLab {
  const temp = tempFolder();
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: temp.path,
      env: { ...process.env, ORCHESTRATE_HOME: join(temp.path, 'home'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  };
  async function* eventsOf(child: ChildProcess): AsyncGenerator<StationEvent> {
    let rest = '';
    for await (const text of (child.stdout as NodeJS.ReadableStream).setEncoding('utf8')) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) yield JSON.parse(line);
    }
  }
  return {
    get path() {
      return temp.path;
    },
    start,
    async orchestrate(...args) {
      const child = start(...args);
      const ended: Ended = { code: null, out: '', err: '' };
      child.stdout?.setEncoding('utf8').on('data', text => {
        ended.out += text;
      });
      child.stderr?.setEncoding('utf8').on('data', text => {
        ended.err += text;
      });
      [ended.code] = await once(child, 'close');
      return ended;
    },
    eventsOf,
    // Who stops reading ends the team: all of it is read.
    untilEvent: (child, found) =>
      new Promise((resolve, reject) => {
        const read = async () => {
          for await (const event of eventsOf(child)) if (found(event)) resolve(event);
          reject(new Error('the team ended before that'));
        };
        read().catch(reject);
      }),
  };
}

/** What the program printed as JSON, line by line. */
export const json = (out: string) =>
  out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

/** The script of members that do what they are asked at once; codex waits for its answer for so long. */
export const quickScript = (firstByteMs: number) => `
name: quick
goal: none
providers: { openai: { kind: openai } }
routes: { default: [openai/gpt-6.1-sol] }
parts:
${['codex', 'comet', 'arch_prod']
  .map(
    role => `  - role: ${role}
    turns:
      - tools: [{ finish_task: { summary: done } }]
        pacing: { chunkChars: 80, firstByteMs: ${role === 'codex' ? firstByteMs : 1}, betweenMs: 1 }`,
  )
  .join('\n')}
`;

/** The pools of the multi-session plan. */
export const POOLS = [
  '--codex-pool codex,codex2,codex3 --comet-pool comet,comet2,edu_dev --claude-pool arch_prod,arch_qa --fallback ollama',
].flatMap(words => words.split(' '));
