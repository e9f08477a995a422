import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './host/paths.ts';

const program = join(root, 'src', 'cli.ts');
const [name, ...rest] = process.argv.slice(2);
const workspace = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-demo-')));
const orchestrate = (args: string[], out: 'inherit' | 'pipe' = 'inherit') =>
  spawn(process.execPath, [program, ...args, '--workspace', workspace], {
    stdio: ['inherit', out, out === 'pipe' ? 'ignore' : 'inherit'],
  });
const codeOf = async (child: ChildProcess) => (await once(child, 'close'))[0] ?? 1;

/** A whole session in the terminal: scripted models, everything else real. What it makes is left to look at. */
async function todo(): Promise<number> {
  const args = process.argv.slice(2);
  const code = await codeOf(orchestrate(['run', '--rehearse', 'todo', '--yes', ...args]));
  if (!args.includes('--json')) {
    console.log(`
Files:    ${workspace}
Start it: cd ${workspace} && npm start
Review:   cd ${root} && node_modules/.bin/node src/cli.ts changes --workspace ${workspace}`);
  }
  return code;
}

const TEAM = [
  '--codex-pool codex,codex2,codex3 --comet-pool comet,comet2,edu_dev --claude-pool arch_prod,arch_qa --fallback ollama',
].flatMap(words => words.split(' '));

/** A standing team on a plan of many sessions: a page of Markdown, as it was written. */
async function pipeline(): Promise<number> {
  const plan = join(workspace, 'multi-session-plan.md');
  await cp(join(root, 'media', 'rehearsals', 'pipeline', 'multi-session-plan.md'), plan);
  await codeOf(orchestrate(['workflow', 'add', plan]));
  const team = orchestrate(['start', ...TEAM, '--rehearse', 'pipeline', '--until-done', ...rest]);
  const over = codeOf(team);
  await Promise.race([approved(), over]);
  const code = await over;
  await codeOf(orchestrate(['logs', 'q1']));
  console.log(`\nFiles: ${workspace}`);
  return code;
}

/** The person of this demo: looks what waits for them, and says yes. */
async function approved(): Promise<void> {
  for (;;) {
    const asked = orchestrate(['status', '--json'], 'pipe');
    let text = '';
    asked.stdout?.on('data', bytes => {
      text += bytes;
    });
    await codeOf(asked);
    const runs: { session: string; asks?: { ask: string }[] }[] = text.includes('"runs"') ? JSON.parse(text).runs : [];
    const waiting = runs.flatMap(({ session, asks = [] }) => asks.map(({ ask }) => [session, ask] as const));
    for (const [session, ask] of waiting) await codeOf(orchestrate(['answer', session, ask, 'allow']));
    if (waiting.length > 0) return;
  }
}

const demos: Readonly<Record<string, () => Promise<number>>> = { pipeline };
process.exitCode = await (demos[name ?? ''] ?? todo)();
