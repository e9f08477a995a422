import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import { findBrowser } from '../../../scripts/host/browser.ts';
import { installExtension } from '../../../scripts/host/extension.ts';
import { installWebHost } from '../../../scripts/host/install.ts';
import { root } from '../../../scripts/host/paths.ts';
import { startServer } from '../../../scripts/host/server.ts';
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
  /** Linked as an installed extension, without the test driver: only there do notifications come up by themselves. */
  installed?: boolean;
}

export interface VisitOptions {
  workspace?: string;
  size?: { width: number; height: number };
  scale?: number;
  end?: () => Promise<void>;
}

/** The windows that stand open, so that those which a test leaves behind can be closed. */
export const openWorkbenches = new Set<Workbench>();

/** A real VS Code in a page, with the extension in it, driven from outside as a person would. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  /** The open folder; empty when there is none. */
  readonly workspace: string;
  readonly #close: () => Promise<void>;

  readonly #url: string;

  private constructor(page: Page, workspace: string, url: string, close: () => Promise<void>) {
    this.page = page;
    this.workspace = workspace;
    this.#url = url;
    this.#close = close;
    openWorkbenches.add(this);
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
      const viewport = options.size ?? { width: 1280, height: 800 };
      const context = await browser.newContext({ viewport, deviceScaleFactor: options.scale ?? 1 });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(url);
      await page.locator('.monaco-workbench .activitybar').waitFor();
      return new Workbench(page, options.workspace ?? '', url, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** One more window on the same folder, with an extension host of its own. */
  async another(): Promise<Workbench> {
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(60_000);
    await page.setViewportSize(this.page.viewportSize() ?? { width: 1280, height: 800 });
    await page.goto(this.#url);
    await page.locator('.monaco-workbench .activitybar').waitFor();
    return new Workbench(page, this.workspace, this.#url, () => page.close());
  }

  /** A notification that says this. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast, .notifications-center').filter({ hasText: text }).first();
  }

  /** A row of the views in our container. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
  }

  /** Presses a button that a row of our container shows while it is pointed at. */
  async onRow(text: string | RegExp, action: string): Promise<void> {
    const row = this.row(text);
    await row.hover();
    await row.getByRole('button', { name: action, exact: true }).click();
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
    const wanted = this.page.getByText(command, { exact: true });
    const entry = this.#entries.filter({ has: wanted }).first();
    const chosen = this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ has: wanted });
    for (;;) {
      await this.#type(command);
      // A palette that is open shows no command that comes later, as the first ones of a window do.
      const shown = await entry.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      // By keyboard: the list is drawn anew while it is searched, and a click would hit a row that is gone.
      while (shown && (await this.input.isVisible()) && (await chosen.count()) === 0)
        await this.page.keyboard.press('ArrowDown');
      if ((await chosen.count()) > 0) break;
      await this.escape();
    }
    await this.page.keyboard.press('Enter');
  }

  /** As a person starts a session: the command, the goal, Enter, Enter. */
  async startSession(goal: string): Promise<void> {
    await this.run('Orchestrate: Start Session');
    await this.asks('Start Session');
    await this.input.fill(goal);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-list').getByText('Make a plan').waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** The entries of the palette that read exactly so. */
  async offered(command: string): Promise<string[]> {
    await this.#type(command);
    await this.#entries.first().waitFor();
    const texts = await this.#entries.getByText(command, { exact: true }).allTextContents();
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
    while ((await worn.count()) === 0) {
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

  /** Opens our view container by a click on its icon, which would hide one that is open. */
  async showSidebar(): Promise<void> {
    const title = this.page.locator('.sidebar .title-label', { hasText: 'Orchestrate' });
    if (await title.isVisible()) return;
    await this.#openContainer(title);
    // A person opens it when they want to see it.
    await this.openView('Providers');
  }

  /** Opens one of our views that stands closed at first. */
  async openView(name: string): Promise<void> {
    const header = this.page.locator('.sidebar .pane-header', { hasText: name }).first();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  async #openContainer(title: Locator): Promise<void> {
    await this.page
      .locator('.activitybar')
      .getByRole('tab', { name: /^Orchestrate/ })
      .click();
    await title.waitFor();
  }

  /** The inside of the dashboard's webview, once it has loaded. */
  async dashboard(): Promise<Frame> {
    for (;;) {
      for (const frame of this.page.frames()) {
        if ((await frame.title().catch(() => '')) === 'Orchestrate') return frame;
      }
      await this.page.waitForTimeout(100);
    }
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
    ...options.settings,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
}
