import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import { findBrowser } from '../../../scripts/host/browser.ts';
import { installExtension } from '../../../scripts/host/extension.ts';
import { installWebHost } from '../../../scripts/host/install.ts';
import { root } from '../../../scripts/host/paths.ts';
import { startServer } from '../../../scripts/host/server.ts';
import { until } from '../until.ts';
import { fewBuiltIns } from './built-ins.ts';
import { remote, slashed } from './remote.ts';

/** Keeps a closed network quiet and works without a display, as root and without a GPU. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  const { executable, env } = await findBrowser();
  return chromium.launch({ executablePath: executable, args: flags, env: { ...process.env, ...env } });
}

/** VS Code's own themes, by what they are to the eye. */
export const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;
export type Theme = keyof typeof themes;

/** How each is listed, and the class that the window then has. */
const chosenAs: Record<Theme, { label: string; window: string }> = {
  dark: { label: 'Dark Modern', window: 'vs-dark' },
  light: { label: 'Light Modern', window: 'vs' },
  'high-contrast': { label: 'Dark High Contrast', window: 'hc-black' },
  'high-contrast-light': { label: 'Light High Contrast', window: 'hc-light' },
};

export interface WorkbenchOptions {
  /** Default: a fresh copy of the sample; null: no folder open. */
  workspace?: string | null;
  trusted?: boolean;
  theme?: Theme;
  settings?: Record<string, unknown>;
  /** Default: this repository, as built. */
  extension?: string;
  /** Installed as a person would, instead of loaded for development. */
  vsix?: string;
  env?: NodeJS.ProcessEnv;
  size?: { width: number; height: number };
  /** Pixels of the picture for one of the page. */
  scale?: number;
  /** Everything that VS Code ships, as a person has it; by default what colours files and draws Markdown. */
  everything?: boolean;
  /** Linked as an installed extension, without the test driver: only there do notifications come up by themselves. */
  installed?: boolean;
}

export interface VisitOptions {
  workspace?: string;
  size?: { width: number; height: number };
  scale?: number;
  end?: () => Promise<void>;
  /** Where fresh folders are made. */
  scratch?: string;
  /** Writes the user's settings, with these among them. */
  configure?: (settings: Record<string, unknown>) => Promise<void>;
}

/** The windows that stand open, so that those which a test leaves behind can be closed. */
export const openWorkbenches = new Set<Workbench>();

/** A real VS Code in a page, with the extension in it, driven from outside as a person would. */
export class Workbench implements AsyncDisposable {
  readonly #url: string;
  readonly #visit: VisitOptions;
  readonly #close: () => Promise<void>;
  #page: Page;
  #workspace: string;

  private constructor(page: Page, url: string, visit: VisitOptions, close: () => Promise<void>) {
    this.#page = page;
    this.#url = url;
    this.#visit = visit;
    this.#close = close;
    this.#workspace = visit.workspace ?? '';
    openWorkbenches.add(this);
  }

  get page(): Page {
    return this.#page;
  }

  /** The open folder; empty when there is none. */
  get workspace(): string {
    return this.#workspace;
  }

  /** Starts a server of its own, with the extension as it is built. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const host = await installWebHost();
    const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-workbench-'));
    const workspace = options.workspace === undefined ? await sampleIn(scratch) : (options.workspace ?? '');
    const dataDir = join(scratch, 'data');
    await writeSettings(dataDir, options);
    const { vsix, installed } = options;
    const extensionsDir = join(scratch, 'extensions');
    if (vsix) await installExtension({ host, vsix, extensionsDir, dataDir });
    else if (installed) await link(extensionsDir);
    const server = await startServer({
      host,
      dataDir,
      ...(vsix || installed ? { extensionsDir } : {}),
      ...(options.everything ? {} : { builtInDir: await fewBuiltIns(host, scratch) }),
      // It is what reads the payload below.
      testDriver: !installed,
      workspaceTrust: options.trusted === false,
      // Not the person's whose machine it is.
      env: { ORCHESTRATE_HOME: join(scratch, 'home'), ...options.env },
    });
    const end = async () => {
      await server.stop();
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    };
    const extension = remote(server.port, options.extension ?? root);
    const payload = JSON.stringify([['extensionDevelopmentPath', extension]]);
    const address = server.address({
      ...(!vsix && !installed && { payload }),
      ...(workspace ? { folder: slashed(workspace) } : { ew: 'true' }),
    });
    return Workbench.visit(address, {
      workspace,
      end,
      scratch,
      configure: settings => writeSettings(dataDir, { ...options, settings: { ...options.settings, ...settings } }),
      ...(options.size ? { size: options.size } : {}),
      ...(options.scale ? { scale: options.scale } : {}),
    });
  }

  /** Opens a workbench that someone else serves; `end` is called after the browser has closed. */
  static async visit(url: string, options: VisitOptions = {}): Promise<Workbench> {
    const end = options.end ?? (async () => {});
    const browser = await openBrowser().catch(error => end().then(() => Promise.reject(error)));
    const close = () => browser.close().then(end);
    try {
      return new Workbench(await pageAt(await contextIn(browser, options), url), url, options, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** One more window on the same folder, with an extension host of its own. */
  async another(): Promise<Workbench> {
    const url = this.#urlOf(this.workspace);
    const page = await pageAt(this.page.context(), url);
    return new Workbench(page, url, { workspace: this.workspace }, () => page.close());
  }

  /**
   * Goes on with a new window of the same server, which remembers nothing. Its settings are those of the first one, and
   * these; its folder a fresh copy of the sample, unless it is named.
   */
  async turnTo(settings: Record<string, unknown> = {}, folder?: string): Promise<void> {
    const workspace = folder ?? (await sampleIn(await mkdtemp(join(this.#visit.scratch ?? tmpdir(), 'sample-'))));
    const old = this.page.context();
    const browser = old.browser();
    assert.ok(browser);
    // By itself, so that its extension host ends with it.
    await this.page.close();
    await old.close();
    await this.#visit.configure?.(settings);
    this.#workspace = workspace;
    this.#page = await pageAt(await contextIn(browser, this.#visit), this.#urlOf(workspace));
  }

  #urlOf(workspace: string): string {
    const url = new URL(this.#url);
    for (const name of ['folder', 'ew']) url.searchParams.delete(name);
    if (workspace) url.searchParams.set('folder', slashed(workspace));
    else url.searchParams.set('ew', 'true');
    return String(url);
  }

  /** A notification that says this. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast, .notifications-center').filter({ hasText: text }).first();
  }

  /** A row of the views in our container. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
  }

  /**
   * Presses a button that a row shows while it is pointed at. A row that is drawn anew or moved under the mouse no longer
   * shows it, so it is pointed at again.
   */
  async onRow(row: Locator, action: string): Promise<void> {
    const button = row.getByRole('button', { name: action, exact: true });
    for (let tries = 1; ; tries++) {
      try {
        await row.hover();
        return await button.click({ timeout: 5000 });
      } catch (error) {
        if (tries === 12) throw error;
      }
    }
  }

  /** Chooses what the menu of a row offers. The menu goes when its row is drawn anew, and then it is opened again. */
  async fromMenu(row: Locator, command: string): Promise<void> {
    const entry = this.page.locator('.monaco-menu').getByText(command, { exact: true });
    let chosen = false;
    await row.waitFor();
    await until(async () => {
      if (chosen && !(await entry.isVisible())) return true;
      if (!(await entry.isVisible())) await row.click({ button: 'right' });
      // A menu that has just opened takes no click yet, and stands on.
      chosen = await entry.click({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      return false;
    }, 300);
  }

  /** A link above the lines of an editor that reads exactly so. */
  lens(text: string): Locator {
    return this.page.locator('.codelens-decoration a').getByText(text, { exact: true }).first();
  }

  /**
   * Presses a lens until what it takes away is gone. The editor draws lenses anew when it likes: a press on one that is
   * just being replaced is lost, and so the lens itself is no sign.
   */
  async pressLens(text: string, gone: Locator): Promise<void> {
    await this.lens(text).waitFor();
    for (let tries = 1; ; tries++) {
      try {
        await this.lens(text).click({ timeout: 10_000 });
        return await gone.waitFor({ state: 'detached', timeout: 10_000 });
      } catch (error) {
        if (tries === 6) throw error;
      }
    }
  }

  /** Approves the plan that is shown: its editor closes. */
  async approvePlan(): Promise<void> {
    await this.pressLens('Approve', this.page.locator('.tab', { hasText: 'plan.yaml' }).first());
  }

  /** What an empty view shows instead of a tree. */
  get welcome(): Locator {
    return this.page.locator('.part.sidebar .welcome-view');
  }

  get statusBarItem(): Locator {
    return this.page.locator('#orchestrate\\.orchestrate\\.orchestrate\\.status a');
  }

  /** The field of the quick input: the palette, a pick, a question. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget:visible input').first();
  }

  /** Resolves when the quick input is up under that title. */
  async asks(title: string): Promise<void> {
    await this.page.locator('.quick-input-title').getByText(title, { exact: true }).waitFor();
  }

  /** Types into the command palette and takes the entry that reads exactly so. */
  async run(command: string): Promise<void> {
    const wanted = this.#label(command);
    const entry = this.#entries.filter({ has: wanted }).first();
    const chosen = this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ has: wanted });
    for (let tries = 1; ; tries++) {
      await this.#type(command);
      // A palette that is open shows no command that comes later, as the first ones of a window do.
      const shown = await entry.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      // By keyboard: the list is drawn anew while it is searched, and a click would hit a row that is gone.
      const entries = shown ? await this.#entries.count() : 0;
      for (let presses = 0; presses < entries && (await chosen.count()) === 0; presses++)
        await this.page.keyboard.press('ArrowDown');
      if ((await chosen.count()) > 0) break;
      await this.escape();
      if (tries === 12) throw new Error(`the palette does not offer: ${command}`);
    }
    await this.page.keyboard.press('Enter');
  }

  /** As a person does it: a page that is just loaded again may not have kept yet what is open in it. */
  async reload(): Promise<void> {
    await this.page.evaluate('window.old = true');
    await this.run('Developer: Reload Window');
    await this.page.waitForFunction('!window.old');
    await this.page.locator('.monaco-workbench .activitybar').waitFor();
  }

  /** As a person starts a session: the command, the goal, Enter, Enter. */
  async startSession(goal: string): Promise<void> {
    await this.run('Orchestrate: Start Session');
    await this.asks('Start Session');
    await this.input.fill(goal);
    await this.page.keyboard.press('Enter');
    await this.accept(this.page.locator('.quick-input-list').getByText('Make a plan'));
  }

  /** Presses Enter until what it answers is gone: a list that has just been drawn may not take it yet. */
  async accept(shown: Locator): Promise<void> {
    await shown.waitFor();
    await until(async () => {
      await this.page.keyboard.press('Enter');
      return shown.waitFor({ state: 'hidden', timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /** The entries of the palette that read exactly so. */
  async offered(command: string): Promise<string[]> {
    await this.#type(command);
    await this.#entries.first().waitFor();
    const texts = await this.#entries.locator(this.#label(command)).allTextContents();
    await this.escape();
    return texts;
  }

  /** A window is dear, a theme is not: what is drawn is looked at in all of them, and the first one stands again. */
  async inEveryTheme(look: (theme: Theme) => Promise<unknown>): Promise<void> {
    for (const theme of Object.keys(themes) as Theme[]) {
      await this.useTheme(theme);
      await look(theme);
    }
    await this.useTheme('dark');
  }

  async useTheme(theme: Theme): Promise<void> {
    const { label, window } = chosenAs[theme];
    const chosen = this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: label });
    const worn = this.page.locator(`.monaco-workbench.${window}`);
    for (let tries = 1; (await worn.count()) === 0; tries++) {
      if (tries === 12) throw new Error(`the list of themes does not offer: ${label}`);
      // The list lacks themes that are not known yet when it opens, as in the first moments of a window.
      await this.run('Preferences: Color Theme');
      await this.input.fill(label);
      const offered = await chosen.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (offered) await this.page.keyboard.press('Enter');
      else await this.page.keyboard.press('Escape');
      await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      if (offered) await worn.waitFor();
    }
  }

  /** Closes the quick input, where one is open. */
  async escape(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.input.fill(name);
    await this.#entries.filter({ hasText: name }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** Opens our view container by a click on its icon. One that is open would close by it, but for the settings below. */
  async showSidebar(): Promise<void> {
    const title = this.page.locator('.sidebar .title-label', { hasText: 'Orchestrate' });
    if (!(await title.isVisible())) {
      await this.page
        .locator('.activitybar')
        .getByRole('tab', { name: /^Orchestrate/ })
        .click();
    }
    await title.waitFor();
    // A person opens it when they want to see it.
    await this.openView('Providers');
  }

  /** Opens one of our views that stands closed at first. */
  async openView(name: string): Promise<void> {
    const header = this.page.locator('.sidebar .pane-header', { hasText: name }).first();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /** Closes the other views of our container: of a list, only what is in sight is drawn. */
  async showView(name: string): Promise<void> {
    await this.showSidebar();
    const others = this.page.locator('.sidebar .pane-header[aria-expanded="true"]').filter({ hasNotText: name });
    await until(async () => {
      if ((await others.count()) === 0) return true;
      await others.first().click();
      return false;
    });
  }

  /** The inside of the dashboard's webview, once it has loaded. */
  async dashboard(): Promise<Frame> {
    return this.frame('Orchestrate');
  }

  /** The inside of the webview with that title, once it has loaded. */
  async frame(title: string): Promise<Frame> {
    let found: Frame | undefined;
    await until(async () => {
      for (const frame of this.page.frames()) if ((await frame.title().catch(() => '')) === title) found = frame;
      return found;
    }, 100);
    return found as Frame;
  }

  /** A picture of the whole window, kept in out/screenshots for people to look at. */
  async screenshot(name: string): Promise<string> {
    const path = join(root, 'out', 'screenshots', `${name}.png`);
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    return path;
  }

  async close(): Promise<void> {
    if (openWorkbenches.delete(this)) await this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Of an entry, whole: its letters that match what was typed stand apart from the rest of it. */
  #label(text: string): Locator {
    return this.page.locator('.label-name', {
      hasText: new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    });
  }

  get #entries(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  async #type(command: string): Promise<void> {
    // Whatever takes the focus closes the palette: a view or an editor that has just been opened, for one.
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('F1');
      try {
        return await this.input.fill(`>${command}`, { timeout: 5000 });
      } catch (error) {
        if (tries === 10) throw error;
      }
    }
  }
}

function contextIn(browser: Browser, { size, scale }: VisitOptions): Promise<BrowserContext> {
  const viewport = size ?? { width: 1280, height: 800 };
  // What turns and pulses is drawn without a GPU, which takes half a processor while a session runs.
  return browser.newContext({ viewport, deviceScaleFactor: scale ?? 1, reducedMotion: 'reduce' });
}

async function pageAt(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  await page.locator('.monaco-workbench .activitybar').waitFor();
  return page;
}

/** A link to what is built here, where VS Code looks for installed extensions. */
async function link(extensionsDir: string): Promise<void> {
  await mkdir(extensionsDir, { recursive: true });
  await symlink(root, join(extensionsDir, 'orchestrate.orchestrate-0.1.0'), 'junction');
}

async function sampleIn(scratch: string): Promise<string> {
  const workspace = join(scratch, 'todo-list');
  await cp(join(root, 'test', 'support', 'sample'), workspace, { recursive: true });
  return workspace;
}

async function writeSettings(dataDir: string, options: WorkbenchOptions): Promise<void> {
  const folder = join(dataDir, 'data', 'User');
  const settings = {
    'workbench.colorTheme': themes[options.theme ?? 'dark'],
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.commandCenter.enabled': false,
    'security.workspace.trust.startupPrompt': 'never',
    'workbench.activityBar.iconClickBehavior': 'focus',
    'workbench.enableExperiments': false,
    'extensions.ignoreRecommendations': true,
    'extensions.autoCheckUpdates': false,
    'editor.cursorBlinking': 'solid',
    ...options.settings,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
}
