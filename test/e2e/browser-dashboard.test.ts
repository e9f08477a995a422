import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { root } from '../../scripts/host/paths.ts';
import type { SessionSnapshot } from '../../src/protocol/api.ts';
import { openBrowser } from '../support/host/workbench.ts';
import { Notices } from '../support/notices.ts';
import { Serving } from '../support/serving.ts';
import { until } from '../support/until.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const looks = [
  { name: 'light', colorScheme: 'light', contrast: 'no-preference' },
  { name: 'dark', colorScheme: 'dark', contrast: 'no-preference' },
  { name: 'high-contrast', colorScheme: 'dark', contrast: 'more' },
  { name: 'high-contrast-light', colorScheme: 'light', contrast: 'more' },
] as const;
const sizes = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
];

/** Where the page is wider than the screen: the elements without which it would not be. */
const tooWide = `(() => {
  const page = document.documentElement;
  const { scrollWidth, clientWidth } = page;
  if (scrollWidth <= clientWidth) return [];
  const guilty = [...document.querySelectorAll('body *')].filter(each => {
    const kept = each.style.cssText;
    each.style.setProperty('display', 'none', 'important');
    const less = page.scrollWidth < scrollWidth;
    each.style.cssText = kept;
    return less;
  });
  return [scrollWidth + ' > ' + clientWidth, ...guilty.slice(-3).map(each => each.outerHTML.slice(0, 120))];
})()`;

describe('The dashboard in a browser of its own', function () {
  this.timeout(150_000);
  let folder: string;
  let serving: Serving;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let second: Page;
  let notices: Notices;
  let id = '';
  const goal = 'Build a simple todo list web application';
  const strange: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-'));
    serving = await Serving.in(folder);
    git('init', '-q', '-b', 'main');
    for (const [key, value] of [
      ['name', 'Ada'],
      ['email', 'ada@example.org'],
    ])
      git('config', `user.${key}`, `${value}`);
    git('commit', '-q', '--allow-empty', '-m', 'first');
    browser = await openBrowser();
    context = await browser.newContext({ viewport: sizes[2] ?? null, bypassCSP: false });
    notices = await Notices.of(context, serving.url);
    page = await context.newPage();
    page.on(
      'console',
      message =>
        message.type() === 'error' && /Content Security Policy/.test(message.text()) && strange.push(message.text()),
    );
    page.on('pageerror', error => strange.push(String(error)));
    page.on('request', request => {
      if (!request.url().startsWith(serving.url)) strange.push(request.url());
    });
  });
  after(async () => {
    await browser?.close();
    await serving?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: serving.workspace, encoding: 'utf8' });
  const picture = (name: string) =>
    page.screenshot({ path: join(root, 'out', 'screenshots', `browser-${name}.png`), fullPage: true });
  /** As somebody without a mouse gets there. */
  async function tabTo(name: string): Promise<void> {
    await button(name).or(link(name)).first().waitFor();
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const said = 'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim()';
      if ((await page.evaluate(said)) === name) return;
    }
    assert.fail(`no key leads to ${name}`);
  }
  const link = (name: string) => page.getByRole('link', { name, exact: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  /** In every look and size; the policy of the page lets axe in only as its own script would be, so it comes through the driver. */
  async function holds(name: string, everywhere = false): Promise<void> {
    for (const [n, look] of looks.entries()) {
      await page.emulateMedia({ colorScheme: look.colorScheme, contrast: look.contrast, reducedMotion: 'reduce' });
      for (const [m, size] of sizes.entries()) {
        // Pages that are but text and forms: each look once, and each size.
        if (!everywhere && (n + m) % 3 !== 0) continue;
        await page.setViewportSize(size);
        await page.evaluate(`window.axe || (() => { ${axe} })()`);
        const { violations } = (await page.evaluate(
          `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })`,
        )) as AxeResults;
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
        );
        assert.deepEqual(found, [], `${name}, ${look.name}, ${size.width}`);
        assert.deepEqual(await page.evaluate(tooWide), [], `${name} is wider than ${size.width} pixels`);
        if (size.width !== 820) await picture(`${name}-${look.name}-${size.width}`);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }

  it('lets in whoever has the address once, takes the token out of it, and remembers over a reload', async () => {
    await page.goto(serving.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await holds('sign-in');
    await page.goto(`${serving.url}/#token=${serving.token}`);
    await page.reload();
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
    assert.ok(!page.url().includes(serving.token));
    const [cookie] = await context.cookies();
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict']);
    await page.goto(serving.url);
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  });

  it('can be installed as an app, with icons that are what they say', async () => {
    const answer = await fetch(`${serving.url}/manifest.webmanifest`);
    const manifest = (await answer.json()) as Record<string, unknown> & {
      icons: Record<'src' | 'sizes' | 'type', string>[];
    };
    assert.deepEqual([manifest.name, manifest.display, manifest.start_url], ['Orchestrate', 'standalone', '/']);
    const sizes: string[] = [];
    for (const { src, sizes: said, type } of manifest.icons) {
      const icon = Buffer.from(await (await fetch(serving.url + src)).arrayBuffer());
      const { width, height, format } = await sharp(icon).metadata();
      assert.deepEqual([`${width}x${height}`, `image/${format}`], [said, type]);
      sizes.push(said);
    }
    assert.deepEqual(sizes, ['192x192', '512x512']);
  });

  it('asks whether it may tell of questions when its button is pressed, and never before', async () => {
    assert.equal(await page.evaluate('Notification.permission'), 'default');
    assert.equal(context.serviceWorkers().length, 0);
    await holds('sessions-at-first');
    await notices.allow();
    await tabTo('Notify Me of Questions');
    await page.keyboard.press('Enter');
    await button('Notify Me of Questions').waitFor({ state: 'detached' });
    await until(() => context.serviceWorkers().length === 1);
  });

  it('begins a session and approves its plan, as YAML, by keys alone; a notice leads there while nobody looks', async () => {
    const hidden = (is: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${is} })`);
    await hidden(true);
    await tabTo('Try the Demo');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: goal }).waitFor();
    await until(async () => (await notices.shown(page)).length > 0);
    assert.deepEqual(await notices.shown(page), [`A plan waits for you: ${goal}`]);
    await link('Sessions').click();
    await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
    await notices.press(page);
    await page.getByRole('heading', { level: 1, name: goal }).waitFor();
    await hidden(false);
    await button('Open the Plan').waitFor();
    await tabTo('Open the Plan');
    await page.keyboard.press('Enter');
    const text = page.getByRole('textbox', { name: 'The plan as YAML' });
    await text.waitFor();
    assert.match(await text.inputValue(), /tasks:/);
    await holds('plan');
    await tabTo('Approve');
    await page.keyboard.press('Space');
    await page.locator('.agents').getByText('backend-specialist').first().waitFor();
    await until(async () => (await notices.shown(page)).length === 0);
    ({ id } = (await serving.get<{ items: [{ id: string }] }>('/sessions')).items[0]);
  });

  it('is seen and steered by two browsers and a terminal at once', async () => {
    const other = await browser.newContext({ viewport: sizes[0] ?? null });
    second = await other.newPage();
    await second.goto(`${serving.url}/#token=${serving.token}`);
    await second.getByRole('link', { name: goal }).click();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await until(async () => (await page.locator('.codicon-modifier-spin').count()) > 0);
    assert.equal(await page.evaluate('document.getAnimations().length'), 0, 'nothing moves for whoever wants it so');
    await second.getByRole('button', { name: 'Pause session' }).click();
    for (const each of [page, second]) await each.getByRole('button', { name: 'Continue session' }).waitFor();
    await holds('team', true);
    await serving.run('continue');
    for (const each of [page, second]) await each.getByRole('button', { name: 'Pause session' }).waitFor();
  });

  it('loses and doubles no row when the server is killed in the middle and begins again', async () => {
    await serving.stop('SIGKILL');
    const lost = 'The server does not answer. It is tried again.';
    for (const each of [page, second]) await each.getByText(lost).waitFor();
    await serving.start();
    await button('Resume').click();
    // On a slow machine it takes its time.
    await until(async () => {
      const { progress } = (await serving.get<SessionSnapshot>(`/sessions/${id}`)).session;
      return progress.done * 2 >= progress.total;
    }, 300);
    await until(async () => {
      const { runs, session } = await serving.get<SessionSnapshot>(`/sessions/${id}`);
      return !runs && session.standing === 'completed';
    }, 300);
    const { agents, tasks } = await serving.get<SessionSnapshot>(`/sessions/${id}`);
    const named = agents.map(({ task, role }) => tasks.find(each => each.id === task)?.title ?? role).sort();
    const rows = async (of: Page, where: string) =>
      (await of.locator(`${where} .rows-all > .row`).locator('.agent-role, .bar-name').allTextContents()).sort();
    const told = async () => {
      for (const each of [page, second]) {
        await each.getByRole('button', { name: 'Report' }).waitFor();
        assert.deepEqual(await rows(each, '.agents'), named);
      }
    };
    await told();
    await page.reload();
    await until(async () => (await rows(page, '.agents')).length === named.length);
    await told();
    await holds('dashboard', true);
  });

  it('shows what waits side by side, takes decisions, and the report', async () => {
    await link('Review').click();
    const file = page.locator('details', { hasText: 'server/store.js' });
    await file.locator('summary').click();
    await file.locator('table.diff').waitFor();
    await holds('review');
    await file.getByRole('button', { name: 'Accept File' }).click();
    await file.waitFor({ state: 'detached' });
    const rejected = page.locator('details', { hasText: 'public/app.js' });
    await rejected.locator('summary').click();
    await rejected.getByLabel('Reason for rejecting, for the agent').fill('it is too long');
    await rejected.getByRole('button', { name: 'Reject File' }).click();
    await rejected.waitFor({ state: 'detached' });
    await link('Report').click();
    await page.getByText('todo list web application').first().waitFor();
    await holds('report');
    await link('Sessions').click();
    await page.getByRole('link', { name: goal }).waitFor();
    await holds('sessions');
    const { items } = await serving.get<{ items: { by: string; body: { kind: string; reason?: string } }[] }>(
      `/sessions/${id}/journal?type=request-received`,
    );
    assert.deepEqual(
      items.map(({ by, body }) => [by, body.kind, body.reason].filter(Boolean).join(' ')),
      ['local approve-plan', 'local pause', 'unpause', 'local accept', 'local reject it is too long'],
    );
  });

  it('keeps the queue and brings accepted work to a branch, when somebody has said yes to it', async () => {
    // Nothing is looked at again by itself: what others do is told.
    await page.evaluate('window.setInterval = () => 0');
    await page.getByRole('link', { name: 'workspace', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Standing team' }).waitFor();
    await page.getByText('Nothing is in the queue.').waitFor();
    await serving.run('queue', 'add', 'Water the flowers');
    await page.getByText('Water the flowers').waitFor();
    await serving.run('queue', 'remove', 'q1');
    await page.getByText('Nothing is in the queue.').waitFor();
    await page.getByLabel('Work for the queue').fill('Sweep the floor');
    await page.getByLabel('Priority').selectOption('high');
    await button('Add to Queue').click();
    await page.getByText('waits · priority 8').waitFor();
    await button('Hold q2').click();
    await page.getByText('held · priority 8').waitFor();
    await serving.post('/deliveries', { session: id });
    await serving.post('/deliveries/land', {});
    await button(`Approve ${goal}`).waitFor();
    await holds('team-page');
    await button(`Approve ${goal}`).click();
    await page.getByText('Landed on ').waitFor();
    await button('Remove q2').click();
    await page.getByText('Nothing is in the queue.').waitFor();
    assert.match(git('log', '-1', '--format=%s', 'orchestrate/main'), /todo list/);
  });

  it('ran no code but its own, and asked no other host', () => {
    assert.deepEqual(strange, []);
  });
});
