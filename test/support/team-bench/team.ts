import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/node/clock.ts';
import { createProcesses } from '../../../src/node/processes.ts';
import { NodeProjectTexts } from '../../../src/node/project-texts.ts';
import { sealSecret } from '../../../src/node/session/secret.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { Plan } from '../../../src/protocol/plan.ts';
import type { RunningSession, Work } from '../../../src/runtime/contract.ts';
import { Engine } from '../../../src/runtime/engine.ts';
import { GrantFile } from '../../../src/runtime/grants.ts';
import { openSession } from '../../../src/runtime/open-session.ts';
import { filesBefore, MODEL } from './script.ts';
import type { Task } from './task.ts';

const log = {
  write(level: string, text: string, detail?: unknown) {
    if (level === 'error') console.error(text, detail);
  },
};

/** The engine as the terminal program makes it, its one provider the local server, with a price and so a budget. */
export async function engineFor({ url, agents, folder }: Task): Promise<Engine> {
  const model = `bench/${MODEL}`;
  const concurrency = Math.max(1000, agents);
  const engine = new Engine({
    clock: systemClock,
    log,
    userFolder: join(folder, 'user'),
    config: {
      providers: {
        bench: {
          kind: 'openai-compatible',
          baseUrl: url,
          concurrency,
          models: [{ id: MODEL, contextTokens: 400_000, maxOutputTokens: 8000 }],
          watchdogs: { connectSeconds: 600, firstByteSeconds: 600, silenceSeconds: 600 },
        },
      },
      routes: { default: [model], implementer: [model], orchestrator: [model] },
      prices: [{ model, input: 1, output: 1 }],
      budget: { sessionUsd: 1e6, dayUsd: 1e6 },
      team: { maxAgents: agents },
    },
    secrets: { get: async () => 'a-key' },
  });
  await engine.load();
  return engine;
}

export function planFor(agents: number): Plan {
  const tasks = Array.from({ length: agents }, (_, job) => ({
    id: `job-${job}`,
    title: `Job ${job}`,
    role: 'implementer',
    instructions: `Bench job ${job}: read the files in src and keep notes in out/job-${job}.txt.`,
    writes: [`out/job-${job}.txt`],
  }));
  return Plan.parse({ goal: 'Keep notes', tasks });
}

export async function open(engine: Engine, folder: string, opening: Work): Promise<RunningSession> {
  const workspace = join(folder, 'workspace');
  await mkdir(join(workspace, 'src'), { recursive: true });
  if (opening.kind === 'new')
    for (const [path, text] of Object.entries(filesBefore())) await writeFile(join(workspace, path), text);
  const opened = await openSession(
    {
      kind: 'terminal',
      workspace,
      files: new NodeWorkspace(workspace),
      processes: createProcesses({ root: workspace, clock: systemClock }),
      texts: new NodeProjectTexts(workspace),
      clock: systemClock,
      log,
      version: '0',
      present: () => false,
      approvePlan: false,
      approveAll: true,
      grants: new GrantFile(join(folder, 'user'), workspace),
      secret: sealSecret(join(folder, 'user')),
      rehearsal: false,
      retention: { keep: 10, maxBytes: 1e12 },
    },
    engine,
    opening,
  );
  if (!opened.ok) throw new Error(`the session could not be opened: ${opened.reason}`);
  return opened.session;
}
