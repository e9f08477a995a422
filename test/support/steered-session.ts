import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { RehearsedWorkbench } from './rehearsed-workbench.ts';
import { until } from './until.ts';

/** The folder of the workspace's one session. */
export async function sessionOf(workspace: string): Promise<string> {
  const sessions = join(workspace, '.orchestrate', 'sessions');
  return join(sessions, (await readdir(sessions)).find(name => !name.startsWith('.')) ?? '');
}

/** What it has written down so far. */
async function journalOf(workspace: string): Promise<JournalEvent[]> {
  const text = await readFile(join(await sessionOf(workspace), 'events.jsonl'), 'utf8');
  // The last line may be on its way.
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
  return lines.map(line => JSON.parse(line) as JournalEvent);
}

/** Starts the session and opens the dashboard on it, by the time at which both agents wait for a person. */
export async function begin(rehearsed: RehearsedWorkbench): Promise<Frame> {
  const { workbench, goal } = rehearsed;
  await workbench.showSidebar();
  await workbench.startSession(goal);
  await workbench.approvePlan();
  await workbench.page
    .locator('.sidebar')
    .getByRole('treeitem', { name: /^Session .*2 ask you/ })
    .waitFor();
  // It opens by itself, and may be drawn anew where the plan's editor gives its place away.
  let frame = await workbench.dashboard();
  await until(async () => {
    frame = await workbench.dashboard();
    return frame.getByText('1 of 2', { exact: true }).isVisible();
  }, 200);
  return frame;
}

/** Waits for the journal to hold an event of that type that is like it. */
export const writtenIn =
  (workspace: string) =>
  async <T extends JournalEvent['type']>(
    type: T,
    like: (event: Extract<JournalEvent, { type: T }>) => boolean = () => true,
  ) => {
    type Wanted = Extract<JournalEvent, { type: T }>;
    let found: Wanted | undefined;
    await until(async () => {
      const events = await journalOf(workspace);
      found = events.find((event): event is Wanted => event.type === type && like(event as Wanted));
      return found;
    }, 200);
    return found as Wanted;
  };
