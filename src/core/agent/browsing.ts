import type { BrowserPage, Browsers } from '../ports.ts';

/** The pages that agents have open; none outlives its agent. */
export class OpenPages {
  readonly #browsers: Browsers | undefined;
  readonly #pages = new Map<string, Promise<BrowserPage>>();
  /** Ports of this machine that an agent may reach, beside those that count as its own. */
  readonly #ports = new Map<string, Set<string>>();

  constructor(browsers: Browsers | undefined) {
    this.#browsers = browsers;
  }

  ports(agent: string): Set<string> {
    const ports = this.#ports.get(agent) ?? new Set();
    this.#ports.set(agent, ports);
    return ports;
  }

  /** The page of the agent, if it has one that can be used. */
  async of(agent: string): Promise<BrowserPage | undefined> {
    const page = await this.#pages.get(agent)?.catch(() => undefined);
    return page?.gone ? undefined : page;
  }

  /** Rejects with why there can be none. */
  async opened(agent: string, owner: string, allows: (url: URL) => boolean): Promise<BrowserPage> {
    const open = await this.of(agent);
    if (open) return open;
    await this.close(agent);
    if (!this.#browsers) throw new Error('There is no browser here. Look at the page with run_command (curl).');
    const opening = this.#browsers.launch({ owner, allows });
    this.#pages.set(agent, opening);
    return opening;
  }

  async close(agent: string): Promise<void> {
    const page = await this.#pages.get(agent)?.catch(() => undefined);
    this.#pages.delete(agent);
    await page?.close();
  }

  async endOf(agent: string): Promise<void> {
    await this.close(agent);
    this.#ports.delete(agent);
  }
}
