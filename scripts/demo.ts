import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StationRecord } from '../src/core/station/contract.ts';
import { stationEventLine } from '../src/terminal/station/event-line.ts';
import { styleFor } from '../src/terminal/style.ts';
import { root } from './host/paths.ts';
import { pipelineWorld } from './pipeline/world.ts';

const style = styleFor(process.stdout, process.env);
const program = join(root, 'src', 'cli.ts');
const [name, ...rest] = process.argv.slice(2);
const folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-demo-')));
const codeOf = async (child: ChildProcess) => ((await once(child, 'close'))[0] ?? 1) as number;

/** A whole session in the terminal: scripted models, everything else real. What it makes is left to look at. */
async function todo(): Promise<number> {
  const args = process.argv.slice(2);
  const run = [program, 'run', '--rehearse', 'todo', '--yes', ...args, '--workspace', folder];
  const code = await codeOf(spawn(process.execPath, run, { stdio: 'inherit' }));
  if (!args.includes('--json')) {
    console.log(`
Files:    ${folder}
Start it: cd ${folder} && npm start
Review:   cd ${root} && node_modules/.bin/node src/cli.ts changes --workspace ${folder}`);
  }
  return code;
}

const TEAM = [
  '--codex-pool codex,codex2,codex3 --comet-pool comet,comet2,edu_dev --claude-pool arch_prod,arch_qa --fallback ollama',
].flatMap(words => words.split(' '));

/**
 * A standing team on a plan of many sessions, from feature branches to what people use: a page of Markdown, as it was
 * written; then a change that is green and not well where people use it. The person of this demo says yes to everything.
 */
async function pipeline(): Promise<number> {
  const { workspace, environment, url, git, close } = await pipelineWorld(folder);
  const orchestrate = (args: readonly string[], out: 'inherit' | 'pipe' = 'inherit') =>
    spawn(process.execPath, [program, ...args, '--workspace', workspace], {
      env: environment,
      stdio: ['ignore', out, out === 'pipe' ? 'ignore' : 'inherit'],
    });
  const run = async (...args: string[]): Promise<number> => {
    console.log(`\n$ orchestrate ${args.join(' ')}`);
    return codeOf(orchestrate(args));
  };
  const textOf = async (...args: string[]): Promise<string> => {
    const child = orchestrate(args, 'pipe');
    let text = '';
    child.stdout?.on('data', bytes => {
      text += bytes;
    });
    await codeOf(child);
    return text;
  };
  const live = async () => {
    for (const path of ['/books', '/progress?page=1&pages=2', '/progress?page=0&pages=0'])
      console.log(`  ${path}: ${await (await fetch(`${url}${path}`)).text()}`);
  };
  /** Reads what the team says, and says yes to what waits for the person, until it is done. */
  const work = async (): Promise<number> => {
    const args = ['start', ...TEAM, '--rehearse', 'pipeline', '--until-done', ...rest];
    console.log(`\n$ orchestrate ${args.join(' ')}`);
    const team = orchestrate([...args, '--json'], 'pipe');
    const code = codeOf(team);
    for await (const line of createInterface({ input: team.stdout as NodeJS.ReadableStream })) {
      if (!line.startsWith('{')) continue;
      const event = JSON.parse(line) as StationRecord;
      const said = rest.includes('--json') ? line : stationEventLine(event, style);
      if (said !== undefined) console.log(said);
      if (event.type !== 'run-waits') continue;
      for (const { ask } of event.asks) await run('answer', ask, 'allow');
    }
    return code;
  };
  try {
    await run('deploy', 'production', '--yes');
    await live();
    await run('workflow', 'add', join(root, 'media', 'rehearsals', 'pipeline', 'multi-session-plan.md'));
    const code = await work();
    await run('logs', 'q1');
    await run('fast-forward');
    console.log(`\n$ git log\n${git('log', '--graph', '--format=%h %s')}`);
    await live();

    await run('queue', 'add', 'Compute the progress in one line', '--target', 'codex', '--deliver');
    await work();
    await run('land', '--yes');
    for (const line of (await textOf('deliveries', '--json')).split('\n').filter(Boolean)) {
      const { delivery, status } = JSON.parse(line);
      if (status === 'ready') await run('approve', delivery, '--yes');
    }
    await run('fast-forward');
    const red = await run('deploy', 'production', '--yes');
    await live();
    await run('deliveries', 'clean');
    console.log(`\nFiles: ${workspace}`);
    // The last deployment is meant to be rolled back.
    return code !== 0 ? code : red === 1 ? 0 : 1;
  } finally {
    await close();
  }
}

const demos: Readonly<Record<string, () => Promise<number>>> = { pipeline };
process.exitCode = await (demos[name ?? ''] ?? todo)();
