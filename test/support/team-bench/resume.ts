// Takes up a session that was cut off, as `orchestrate resume` does, until its team goes on; then stops it.
import { work } from './measured.ts';
import { engineFor, open } from './team.ts';

work(async task => {
  const engine = await engineFor(task);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const session = await open(engine, task.folder, { kind: 'resume', session: task.session ?? '' });
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const { seq } = session.journal.state;
  session.stop('measured');
  await session.done;
  await engine.close();
  return { ms, cpuMs: (user + system) / 1000, events: seq };
});
