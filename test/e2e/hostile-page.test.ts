import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import type { SessionSnapshot } from '../../src/protocol/api.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { openBrowser } from '../support/host/workbench.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

/** What would run, or become an element, wherever it is taken for more than text. */
const evil = (where: string) =>
  `${where} <img src=x onerror="ran('${where}')"><script>ran('${where}')</script><svg onload="ran('${where}')"> [x](javascript:ran())`;
const FILE = `file <img src=x onerror="ran('file')">.txt`;
const BRANCH = `main<svg/onload=ran('branch')>`;

/** A team whose every word is hostile. */
function team(): (request: CanonicalRequest) => ScriptedAnswer {
  const turns = new Map<string, number>();
  const call = (name: string, args: object) => ({ name, args });
  const planned = {
    goal: evil('plan-goal'),
    rationale: evil('rationale'),
    tasks: [
      {
        id: 'work',
        title: evil('task-title'),
        role: 'implementer',
        instructions: evil('instructions'),
        writes: ['**'],
      },
      { id: 'look', title: evil('review-title'), role: 'reviewer', instructions: 'Look.', needs: ['work'] },
    ],
  };
  const work = [
    [
      call('note_decision', { decision: evil('decision'), rationale: evil('why') }),
      call('publish_artifact', { name: 'contract', content: evil('artifact') }),
      call('write_file', { path: FILE, content: `${evil('hunk')}\n` }),
      call('ask_user', { question: evil('question'), options: [evil('option')] }),
    ],
    [
      call('run_command', {
        command: `node -e "console.log(process.argv[1])" '${evil('output').replaceAll("'", '')}'`,
        why: evil('command-why'),
      }),
    ],
    [call('finish_task', { summary: evil('summary') })],
  ];
  return request => {
    const has = (tool: string) => request.tools.some(({ name }) => name === tool);
    if (has('propose_plan')) return { toolCalls: [call('propose_plan', planned)] };
    const role = has('write_file') ? 'work' : 'look';
    const turn = turns.get(role) ?? 0;
    turns.set(role, turn + 1);
    const said = role === 'work' ? work[turn] : undefined;
    return {
      text: evil(`${role}-text`),
      reasoning: evil('reasoning'),
      toolCalls: said ?? [call('finish_task', { summary: evil('summary') })],
    };
  };
}

describe('What models, files and people may have written to harm, in a browser', function () {
  this.timeout(150_000);
  const temp = tempFolder();
  let serving: Serving;
  let browser: Browser;
  let page: Page;
  const strange: string[] = [];
  beforeEach(async () => {
    const route = ['anthropic/claude-sonnet-5-5'];
    const lab = await terminalLab(temp.path, team(), { config: { routes: { default: route } } });
    const git = (...args: string[]) => execFileSync('git', args, { cwd: lab.workspace });
    git('init', '-q', '-b', BRANCH);
    git('config', 'user.name', 'Ada');
    git('config', 'user.email', 'ada@example.org');
    git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'first');
    serving = new Serving(lab.workspace, { ...lab.env, NO_COLOR: '1' });
    await serving.start();
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('dialog', dialog => void dialog.dismiss().then(() => strange.push(dialog.message())));
    page.on('pageerror', error => strange.push(String(error)));
    page.on('request', request => {
      if (!request.url().startsWith(serving.url)) strange.push(request.url());
    });
    await page.addInitScript(`
      window.harm = [];
      window.ran = where => window.harm.push(where);
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber, sample }) => window.harm.push([violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber, sample].join(' ')));
    `);
    await page.goto(`${serving.url}/#token=${serving.token}`);
  });
  afterEach(async () => {
    await browser?.close();
    await serving?.stop();
    await endServers();
  });

  /** The page shows all of these as they were written, and nothing of them has become more than text. */
  async function isText(...texts: string[]): Promise<void> {
    for (const text of texts)
      await until(async () => String(await page.evaluate('document.body.textContent')).includes(text)).catch(() =>
        assert.fail(`it does not show ${text}`),
      );
    const made = `[...document.querySelectorAll('img[src="x"], svg[onload], [onerror], [onload], body script:not([src="/assets/browser.js"]), a[href^="javascript:"]')].map(each => each.outerHTML)`;
    assert.deepEqual(await page.evaluate(made), []);
    assert.deepEqual([strange, await page.evaluate('window.harm')], [[], []]);
  }
  const open = (name: string) => page.getByRole('link', { name, exact: true }).click();

  it('is shown as it stands, and runs nowhere', async () => {
    const { id } = await serving.post<{ id: string }>('/sessions', { goal: evil('goal') });
    const at = `/sessions/${id}`;
    const snapshot = () => serving.get<SessionSnapshot>(at);
    const asked = async (kind: string) => {
      await until(async () => (await snapshot()).asks.some(({ request }) => request.kind === kind));
      return (await snapshot()).asks.find(({ request }) => request.kind === kind)?.id;
    };
    await page.getByRole('link', { name: evil('goal') }).click();
    await isText(evil('goal'));
    await until(async () => (await serving.ask<{ waits: boolean }>('GET', `${at}/plan`)).json.waits);
    await open('Plan');
    const yaml = page.getByRole('textbox', { name: 'The plan as YAML' });
    await yaml.waitFor();
    for (const where of ['task-title', 'instructions'])
      assert.ok((await yaml.inputValue()).includes(`${where} <img src=x`));
    await isText();
    await serving.post(`${at}/plan/approve`, { revision: 1 });
    await open('Dashboard');
    const question = await asked('question');
    await isText(evil('task-title'), evil('question'), evil('option'), evil('decision'));
    await serving.post(`${at}/requests`, { kind: 'answer', ask: question, text: evil('answer') });
    const permission = await asked('permission');
    await isText(evil('command-why'), 'output <img src=x');
    await serving.post(`${at}/requests`, { kind: 'answer', ask: permission, decision: 'allow' });
    await until(async () => !(await snapshot()).runs);
    await isText(evil('review-title'));
    for (const { id: agent } of (await snapshot()).agents) {
      await page.goto(`${serving.url}/#/workspace/${id}/agents/${agent}`);
      await isText(
        ...(agent.startsWith('orchestrator') ? [] : [evil(agent.startsWith('reviewer') ? 'look-text' : 'work-text')]),
      );
    }
    await open('Review');
    const file = page.locator('details', { hasText: FILE });
    await file.locator('summary').click();
    await isText(FILE, evil('hunk'));
    await open('Report');
    // It is Markdown, where some of it stands behind a backslash.
    await isText('img src=x onerror=');
    await serving.post(`${at}/changes/accept`, {});
    await serving.post('/queue', { text: evil('queue-item') });
    await serving.post('/deliveries', { session: id });
    await open('Team');
    await isText(evil('queue-item'), BRANCH, 'goal <img src=x');
  });
});
