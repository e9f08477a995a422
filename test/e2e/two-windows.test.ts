import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { root } from '../../scripts/host/paths.ts';
import type { Workbench } from '../support/host/workbench.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';
import { until } from '../support/until.ts';

async function start(workbench: Workbench, goal: string): Promise<void> {
  await workbench.showSidebar();
  await workbench.startSession(goal);
}

const row = ({ page }: Workbench, kind: string, state: string) =>
  page
    .locator('.sidebar')
    .getByRole('treeitem', { name: new RegExp(`^${kind}\\b.*${state}`) })
    .first();
const session = (workbench: Workbench, state: string) => row(workbench, 'Session', state);
/** A file in the Review view; agents' rows name files, too. */
const pending = ({ page }: Workbench, file: string) =>
  page
    .locator('.sidebar')
    .getByRole('treeitem', { name: new RegExp(`^${file}`) })
    .first();
const pick = ({ page }: Workbench, text: string) =>
  page.locator('.quick-input-list').getByText(text, { exact: true }).click();
const press = (workbench: Workbench, notification: string | RegExp, button: string) =>
  workbench.notification(notification).getByRole('button', { name: button, exact: true }).click();

/** Clicks what stands beside a row; again where the row was drawn anew under the mouse. */
async function act(place: Locator, button: string, done: Locator): Promise<void> {
  const click = async () => {
    await place.hover({ timeout: 5000 });
    await place.getByRole('button', { name: button }).first().click({ timeout: 5000 });
  };
  await until(async () => {
    await click().catch(() => undefined);
    return done.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  });
}

/** Opens what an agent asks from its row, and picks the answer. */
async function answer(workbench: Workbench, agent: string, text: string): Promise<void> {
  const entry = workbench.page.locator('.quick-input-list').getByText(text, { exact: true });
  await act(row(workbench, `Agent ${agent}`, 'waits for you'), 'Answer Agent...', entry);
  await entry.click();
}

const content = (folder: string, name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);

const program = join(root, 'dist', 'cli.js');

/** The program in a terminal of the workspace, with the same models. */
function terminal({ workspace, env }: RehearsedWorkbench, ...args: string[]) {
  return spawn(process.execPath, [program, ...args], {
    cwd: workspace,
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function said(rehearsed: RehearsedWorkbench, ...args: string[]): Promise<string> {
  const child = terminal(rehearsed, ...args);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', part => {
      text += part;
    });
  }
  await once(child, 'close');
  return text;
}

describe('one workspace', () => {
  let rehearsed: RehearsedWorkbench;
  before(async () => {
    rehearsed = await RehearsedWorkbench.open({ script: 'attention' });
  });
  after(() => rehearsed?.[Symbol.asyncDispose]());
  beforeEach(() => rehearsed.turnToFreshFolder());

  describe('two windows on one workspace', () => {
    it('show the same session; the second one steers it through its owner', async () => {
      const { workbench: first, workspace, goal } = rehearsed;
      await using second = await first.another();
      await second.showSidebar();
      await start(first, goal);
      // Nothing was there when the second one opened.
      await session(second, 'in another window').waitFor();
      await session(second, 'plan waits for you').waitFor();
      await second.run('Orchestrate: Answer Agent...');
      await pick(second, 'Approve the plan');

      await session(first, '2 ask you').waitFor();
      await session(second, '2 ask you').waitFor();
      for (const window of [first, second]) {
        await window.statusBarItem.and(window.page.locator('[aria-label*="2 questions wait for you"]')).waitFor();
      }
      await act(session(second, '2 ask you'), 'Pause Session', session(second, 'paused'));
      await session(first, 'paused').waitFor();
      await act(session(second, 'paused'), 'Continue Session', session(second, '2 ask you'));
      await session(first, '2 ask you').waitFor();

      // What was being answered in the first window is answered in the second: neither is asked any longer.
      const asked = first.page.locator('.quick-input-list').getByText('Deny and say why...');
      await act(row(first, 'Agent qa-specialist-1', 'waits for you'), 'Answer Agent...', asked);
      await answer(second, 'qa-specialist-1', 'Allow for this session');
      await first.notification('What qa-specialist-1 asked has been answered already.').waitFor();
      await first.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await session(first, '1 asks you').waitFor();

      // A review from afar, while the session runs.
      const review = pending(second, 'measured.txt');
      await review.waitFor();
      await second.screenshot('windows-review');
      await act(review, 'Reject', second.page.locator('.sidebar').getByText('Nothing waits for review'));
      await until(async () => (await content(workspace, 'measured.txt')) === undefined);
      await pending(first, 'measured.txt').waitFor({ state: 'detached' });

      // The first window reviews what is left; the second one decides it there. It says so for some seconds only.
      const told = first.notification('1 file, 1 change waits for review.').waitFor();
      await Promise.all([
        told,
        answer(second, 'backend-specialist-1', 'Swahili'),
        session(second, 'completed').waitFor(),
        session(first, 'completed').waitFor(),
      ]);
      assert.equal(await second.notification(/waits? for review/).count(), 0, 'one window tells of the end');
      await second.run('Orchestrate: Accept All Changes');
      await pending(second, 'greeting.txt').waitFor({ state: 'detached' });
      await pending(first, 'greeting.txt').waitFor({ state: 'detached' });
      assert.equal(await content(workspace, 'greeting.txt'), 'Habari!\n');
    });

    it('one ends what the other runs', async () => {
      const { workbench: first, goal } = rehearsed;
      await start(first, goal);
      await first.approvePlan();
      await using second = await first.another();
      await second.showSidebar();
      await session(second, '2 ask you').waitFor();
      await second.run('Orchestrate: Abort Session');
      await second.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Abort' }).click();
      await session(second, 'ended by you').waitFor();
      await session(first, 'ended by you').waitFor();
    });

    it('one goes on with what the other left, and loses and repeats nothing', async () => {
      const { workbench: first, workspace, goal } = rehearsed;
      await using second = await first.another();
      await first.showSidebar();
      await start(second, goal);
      await second.approvePlan();
      await session(first, '2 ask you').waitFor();
      await answer(first, 'qa-specialist-1', 'Allow for this session');
      await pending(first, 'measured.txt').waitFor();
      const measured = first.page.locator('.sidebar').getByRole('treeitem', { name: /^Task Measure it, completed/ });
      await measured.waitFor();
      await second.close();

      await first.notification('The other window was closed before its session was over').waitFor();
      await first.screenshot('windows-left');
      await press(first, 'The other window was closed', 'Resume Here');
      await press(first, 'Which language', 'Swahili');
      await session(first, 'completed').waitFor();
      assert.equal(await content(workspace, 'measured.txt'), 'Measured twice.\n');
      assert.equal(await content(workspace, 'greeting.txt'), 'Habari!\n');
    });
  });

  describe('a terminal and a window on one workspace', () => {
    it('see and steer what the other one runs', async () => {
      const { workbench, goal } = rehearsed;
      const { page } = workbench;
      await start(workbench, goal);
      await workbench.approvePlan();
      await session(workbench, '2 ask you').waitFor();
      assert.match(await said(rehearsed, 'list'), /running .*Greet in the language/);
      assert.match(await said(rehearsed, 'status'), /run by process \d+ \(editor\)/);
      assert.match(await said(rehearsed, 'pause'), /Done/);
      await session(workbench, 'paused').waitFor();
      assert.match(await said(rehearsed, 'abort'), /Done/);
      await session(workbench, 'ended by you').waitFor();

      // The rehearsal that ships takes its time: long enough to be paused and ended from the window.
      const runs = terminal(rehearsed, 'run', '--rehearse', 'todo', '--yes', '--json');
      runs.stdout.resume();
      const over = once(runs, 'close');
      await session(workbench, 'in a terminal').waitFor();
      await workbench.run('Orchestrate: Pause Session');
      await session(workbench, 'paused').waitFor();
      await workbench.screenshot('windows-terminal');
      await workbench.run('Orchestrate: Abort Session');
      await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Abort' }).click();
      const [code] = await over;
      assert.equal(code, 1);
      await session(workbench, 'demo.*ended by you|ended by you.*demo').waitFor();
    });
  });
});
