import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { root } from '../../scripts/host/paths.ts';
import { Workbench } from '../support/host/workbench.ts';
import { leaveLaterSession, type PendingWorkspace, pendingWorkspace } from '../support/pending-workspace.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

describe('What waits for review in a git repository', () => {
  let pending: PendingWorkspace;
  beforeEach(async () => {
    pending = await pendingWorkspace();
    await leaveLaterSession(pending.workspace);
  });
  afterEach(() => pending.remove());

  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=Someone', '-c', 'user.email=someone@example.com'];
    await run('git', [...who, ...args], { cwd: pending.workspace });
  };

  /** What stood there before the agents is committed; another branch has other text in the same file. */
  async function commit(): Promise<void> {
    await git('init', '-q', '-b', 'main');
    const sample = `--work-tree=${join(root, 'test', 'support', 'sample')}`;
    await git(sample, 'add', '-A');
    await git('commit', '-q', '-m', 'The sample');
    const other = join(pending.workspace, '..', 'other');
    await git('worktree', 'add', '-q', '-b', 'other', other);
    const list = await readFile(join(other, 'list.js'), 'utf8');
    await writeFile(join(other, 'list.js'), list.replaceAll('todos', 'items'));
    await appendFile(join(other, 'README.md'), '\nAnother line.\n');
    await git('-C', other, 'commit', '-q', '-a', '-m', 'Other words');
    await git('worktree', 'remove', other);
  }

  it('is all there again, of both sessions, after a stash, another branch, and back', async () => {
    await commit();
    const { workspace, home } = pending;
    const size = { width: 1280, height: 720 };
    await using workbench = await Workbench.open({
      workspace,
      env: { ORCHESTRATE_HOME: home },
      size,
      everything: true,
    });
    const { page } = workbench;
    const counts = (text: string) => page.locator(`.activitybar .badge[aria-label*="${text}"]`).waitFor();
    const lens = (text: string) => page.locator('.codelens-decoration a', { hasText: text }).first();
    await workbench.showSidebar();
    await workbench.openFile('list.js');
    await counts('5 files');
    await counts('9 changes');
    await lens('from backend-specialist (openai/gpt-5)').waitFor();
    const before = await readFile(join(workspace, 'list.js'), 'utf8');
    const top = async (each: Locator) => (await each.boundingBox().catch(() => undefined))?.y ?? Number.NaN;
    /** The lines with a comment, by their numbers. */
    const commented = async () => {
      const tops = await Promise.all((await page.locator('.margin .comment-range-glyph').all()).map(top));
      const numbers = await page.locator('.margin .line-numbers').all();
      const beside = await Promise.all(
        numbers.map(async each => (tops.includes(await top(each)) ? [await each.innerText()] : [])),
      );
      return beside.flat().join();
    };
    const line = await commented();
    assert.match(line, /^\d+$/);

    await git('stash', '-q', '-u');
    // What an agent deleted git never knew: it waits all the while.
    await counts('1 file, 1 change');
    await lens('Accept').waitFor({ state: 'detached' });
    await git('checkout', '-q', 'other');
    await page.locator('.view-line', { hasText: 'items.map' }).first().waitFor();
    await counts('1 file, 1 change');
    await git('checkout', '-q', 'main');
    await git('stash', 'pop', '-q');
    await counts('5 files');
    await counts('9 changes');
    await until(async () => (await readFile(join(workspace, 'list.js'), 'utf8')) === before);
    // What is out of sight is not drawn.
    await workbench.showView('Review');
    for (const goal of ['Say how the list is used', 'Show how many items are open'])
      await workbench.row(new RegExp(`^\\s*${goal}`)).waitFor();
    await lens('from frontend-specialist').waitFor();
    await until(async () => (await commented()) === line);
    await workbench.screenshot('review-after-git');
    await workbench.run('Orchestrate: Accept All Changes');
    await page.locator('.activitybar .badge[aria-label^="Orchestrate"]').waitFor({ state: 'hidden' });
  });
});
