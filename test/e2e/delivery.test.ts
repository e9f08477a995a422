import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type PipelineWorld, pipelineWorld } from '../../scripts/pipeline/world.ts';
import { Workbench } from '../support/host/workbench.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';

const script = `
name: two
goal: none
providers: { openai: { kind: openai }, anthropic: { kind: anthropic } }
routes: { anna: [openai/gpt-6.1-sol], ben: [anthropic/claude-opus-5-5] }
parts:
  - role: anna
    turns:
      - tools: [{ write_file: { path: server/feature-x.js, content: "export const progress = (page, pages) => (pages > 0 ? Math.round((page / pages) * 100) : 0);\\n" } }]
      - tools: [{ finish_task: { summary: The progress is there. } }]
  - role: ben
    turns:
      - tools: [{ write_file: { path: docs/books.md, content: "# Books\\n\\nEden has 100 pages.\\n" } }]
      - tools: [{ finish_task: { summary: The books are described. } }]
`;

describe('Deliveries in the editor', () => {
  const temp = tempFolder();
  let world: PipelineWorld;

  beforeEach(async () => {
    world = await pipelineWorld(temp.path);
  });
  afterEach(() => world.close());

  /** Two members of a standing team work side by side, each on a branch of its own. */
  async function twoBranches(): Promise<void> {
    const { workspace, environment } = world;
    await writeFile(join(temp.path, 'two.yaml'), script);
    const orchestrate = async (...args: string[]) => {
      const child = spawn(process.execPath, [program, ...args], { cwd: workspace, env: environment, stdio: 'ignore' });
      assert.deepEqual(await once(child, 'close'), [0, null], args.join(' '));
    };
    await orchestrate('queue', 'add', 'Say how far a reader is', '--target', 'anna', '--deliver');
    await orchestrate('queue', 'add', 'Describe the books', '--target', 'ben', '--deliver');
    await orchestrate('start', '--pool', 'build=anna,ben', '--rehearse', join(temp.path, 'two.yaml'), '--until-done');
  }

  const answer = (page: Page, name: string) => page.locator('.monaco-dialog-box').getByRole('button', { name }).click();

  it('go from two branches, one of them reviewed, over an approval to the checkout and to where people use them', async () => {
    const { workspace, home, url, git } = world;
    await twoBranches();
    await appendFile(join(workspace, 'package.json'), '\n');
    const dirty = await readFile(join(workspace, 'package.json'), 'utf8');
    const { environments } = world;
    const settings = {
      'orchestrate.delivery.target': 'main',
      'orchestrate.delivery.checks': ['node --test'],
      'orchestrate.delivery.batch': 1,
      'orchestrate.environments': environments,
    };
    const size = { width: 1280, height: 900 };
    await using workbench = await Workbench.open({ workspace, env: { ORCHESTRATE_HOME: home }, settings, size });
    const { page } = workbench;
    await workbench.showSidebar();
    await workbench.openView('Delivery');
    const row = (title: string, state: string) =>
      page.getByRole('treeitem', { name: new RegExp(`^Delivery ${title}, ${state}`) });
    await row('Say how far a reader is', 'ready').waitFor();
    await row('Describe the books', 'ready').waitFor();

    const written = page.getByRole('treeitem', { name: /^server\/feature-x\.js/ });

    // Whichever was done first is first in the train: this one is asked for by name. It is looked at before it is agreed to.
    await workbench.onRow(row('Say how far a reader is', 'ready'), 'Approve Delivery');
    await answer(page, 'Run the Checks');
    await answer(page, 'Cancel');
    await row('Say how far a reader is', 'waits for you').waitFor();
    await row('Say how far a reader is', 'waits for you').click();
    await page.getByRole('treeitem', { name: /^Check passed/ }).waitFor();
    await workbench.screenshot('delivery-waits');

    await workbench.onRow(row('Say how far a reader is', 'waits for you'), 'Review Branch');
    await written.click();
    await page.locator('.codelens-decoration a', { hasText: 'Accept' }).first().waitFor();
    await workbench.screenshot('delivery-review');
    await workbench.run('Orchestrate: Accept All Changes');
    await written.waitFor({ state: 'detached' });

    await workbench.onRow(row('Say how far a reader is', 'waits for you'), 'Approve Delivery');
    await answer(page, 'Approve and Land');
    await row('Say how far a reader is', 'landed').waitFor();
    const first = git('rev-parse', 'main').trim();
    await workbench.run('Orchestrate: Fast-Forward to What Waits');
    await until(() => git('rev-parse', 'main').trim() !== first);
    assert.equal(git('rev-parse', 'main').trim(), git('rev-parse', 'HEAD').trim());
    assert.match(await readFile(join(workspace, 'server/feature-x.js'), 'utf8'), /progress/);
    assert.equal(await readFile(join(workspace, 'package.json'), 'utf8'), dirty);
    assert.equal(git('status', '--porcelain').trim(), 'M package.json');

    await row('Say how far a reader is', 'landed, on main').waitFor();

    // Of a list, only what is in sight is drawn.
    await workbench.showView('Delivery');
    await workbench.run('Orchestrate: Deploy…');
    await answer(page, 'Deploy');
    await page.getByRole('treeitem', { name: 'Environment production, live' }).waitFor();
    assert.equal(await (await fetch(`${url}/progress?page=1&pages=2`)).text(), '50');
    await row('Describe the books', 'ready').waitFor();
    await workbench.screenshot('delivery-dark');
    await workbench.useTheme('light');
    await workbench.screenshot('delivery-light');
  });
});
