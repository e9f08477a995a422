// A whole session of so many agents: journal on disk, router, budget, tools on a workspace, scheduler, supervisor.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { measured, work } from './measured.ts';
import { TURNS } from './script.ts';
import { engineFor, open, planFor } from './team.ts';

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}

work(async task => {
  const engine = await engineFor(task);
  const run = async (folder: string, agents: number) => {
    const session = await open(engine, folder, { kind: 'new', goal: 'Keep notes', plan: planFor(agents) });
    const outcome = await session.done;
    const { tally, seq, issues } = session.journal.state;
    if (outcome !== 'completed' || tally.succeeded !== agents * TURNS || issues.size > 0)
      throw new Error(`${outcome}: ${tally.succeeded} calls of ${agents} agents, ${issues.size} issues`);
    return { id: session.id, place: session.place, events: seq };
  };
  await run(join(task.folder, 'before'), 8);
  let made: Awaited<ReturnType<typeof run>> | undefined;
  const figures = await measured(async () => {
    made = await run(task.folder, task.agents);
  });
  await engine.close();
  if (!made) throw new Error('there was no session');
  const journal = (await stat(join(made.place, 'events.jsonl'))).size;
  return { ...figures, session: made.id, events: made.events, journal, kept: await sizeOf(made.place) };
});
