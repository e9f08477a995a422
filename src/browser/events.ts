import type { BrowserRights } from '../core/ports.ts';
import type { BrowserConnection } from './connection.ts';

type Fields = Record<string, unknown>;

const MOST_SAID = 60;
const LONGEST = 300;
/** How long nothing has to be under way for the page to count as done. */
const QUIET_MS = 150;
const LOOK_MS = 30;
/** These stay open as long as the page does. */
const LASTING = new Set(['EventSource', 'WebSocket']);

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const under = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Fields | undefined | null)?.[key], value);
const textUnder = (value: unknown, ...path: string[]): string => String(under(value, ...path) ?? '');

/** What happens on a page by itself: requests, words on the console, dialogs, further windows. */
export class PageEvents {
  readonly #connection: BrowserConnection;
  readonly #session: string;
  readonly #target: string;
  readonly #rights: BrowserRights;
  readonly #underWay = new Map<string, string>();
  readonly #said: string[] = [];
  #left = 0;
  #lastBusy = 0;
  #loading = Promise.withResolvers<void>();
  /** What the page itself was answered with. */
  status: number | undefined;

  constructor(connection: BrowserConnection, session: string, target: string, rights: BrowserRights) {
    this.#connection = connection;
    this.#session = session;
    this.#target = target;
    this.#rights = rights;
    connection.on((method, params, of) => {
      if (method === 'Target.targetCreated') this.#another(params);
      else if (of === session) this.#handlers[method]?.(params);
    });
  }

  async listen(): Promise<void> {
    const ask = (method: string, params: Fields = {}) => this.#connection.send(method, params, this.#session);
    await Promise.all([
      ask('Page.enable'),
      ask('Runtime.enable'),
      ask('Log.enable'),
      ask('DOM.enable'),
      ask('Network.enable'),
      ask('Accessibility.enable'),
      ask('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      this.#connection.send('Target.setDiscoverTargets', { discover: true }),
      this.#connection.send('Browser.setDownloadBehavior', { behavior: 'deny' }).catch(() => undefined),
    ]);
  }

  expectLoad(): void {
    this.#loading = Promise.withResolvers<void>();
    this.#underWay.clear();
    this.status = undefined;
  }

  /** Whether it was loaded within that time. */
  async loaded(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>(done => {
      timer = setTimeout(() => done(false), ms);
    });
    return Promise.race([this.#loading.promise.then(() => true), late]).finally(() => clearTimeout(timer));
  }

  /** Until nothing has been under way for a moment, or that time has passed. */
  async quiet(ms: number): Promise<void> {
    const end = performance.now() + ms;
    this.#lastBusy = performance.now();
    while (performance.now() < end && performance.now() - this.#lastBusy < QUIET_MS) {
      if (this.#underWay.size > 0) this.#lastBusy = performance.now();
      await new Promise(done => setTimeout(done, LOOK_MS));
    }
  }

  /** What was said since this was asked last. */
  take(): string[] {
    const left = this.#left > 0 ? [`… ${this.#left} more`] : [];
    this.#left = 0;
    return [...this.#said.splice(0), ...left];
  }

  #say(text: string): void {
    if (this.#said.length < MOST_SAID) this.#said.push(cut(text.replace(/\s+/g, ' ').trim()));
    else this.#left++;
  }

  #send(method: string, params: Fields): void {
    void this.#connection.send(method, params, this.#session).catch(() => undefined);
  }

  #another({ targetInfo }: Fields): void {
    if (textUnder(targetInfo, 'type') !== 'page' || textUnder(targetInfo, 'targetId') === this.#target) return;
    this.#say(`a new window was opened and closed again: ${textUnder(targetInfo, 'url')}`);
    void this.#connection
      .send('Target.closeTarget', { targetId: textUnder(targetInfo, 'targetId') })
      .catch(() => undefined);
  }

  readonly #handlers: Record<string, (params: Fields) => void> = {
    'Page.loadEventFired': () => this.#loading.resolve(),
    'Page.javascriptDialogOpening': params => {
      this.#say(`a dialog (${textUnder(params, 'type')}) said "${textUnder(params, 'message')}" and was accepted`);
      this.#send('Page.handleJavaScriptDialog', { accept: true });
    },
    'Runtime.consoleAPICalled': params => {
      const args = under(params, 'args');
      const said = (Array.isArray(args) ? args : []).map(
        each => textUnder(each, 'value') || textUnder(each, 'description'),
      );
      this.#say(`console.${textUnder(params, 'type')}: ${said.join(' ')}`);
    },
    'Runtime.exceptionThrown': params => {
      const details = under(params, 'exceptionDetails');
      const said = textUnder(details, 'exception', 'description') || textUnder(details, 'text');
      this.#say(`uncaught: ${said}`);
    },
    'Log.entryAdded': ({ entry }) => {
      if (textUnder(entry, 'source') === 'network') return;
      this.#say(`${textUnder(entry, 'level')}: ${textUnder(entry, 'text')}`);
    },
    'Network.requestWillBeSent': params => {
      if (!LASTING.has(textUnder(params, 'type')))
        this.#underWay.set(
          textUnder(params, 'requestId'),
          `${textUnder(params, 'request', 'method')} ${textUnder(params, 'request', 'url')}`,
        );
    },
    'Network.responseReceived': params => {
      const status = Number(under(params, 'response', 'status'));
      const of = this.#underWay.get(textUnder(params, 'requestId')) ?? textUnder(params, 'response', 'url');
      if (textUnder(params, 'type') === 'Document' && this.status === undefined) this.status = status;
      if (status >= 400) this.#say(`${of} was answered with ${status}`);
    },
    'Network.loadingFinished': params => this.#underWay.delete(textUnder(params, 'requestId')),
    'Network.loadingFailed': params => {
      const id = textUnder(params, 'requestId');
      const of = this.#underWay.get(id);
      this.#underWay.delete(id);
      if (of !== undefined && under(params, 'canceled') !== true)
        this.#say(`${of} failed: ${textUnder(params, 'errorText')}`);
    },
    'Fetch.requestPaused': params => {
      const requestId = textUnder(params, 'requestId');
      const url = URL.parse(textUnder(params, 'request', 'url'));
      if (url && this.#rights.allows(url)) this.#send('Fetch.continueRequest', { requestId });
      else {
        this.#say(`not reached, because it may not be: ${textUnder(params, 'request', 'url')}`);
        this.#send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
      }
    },
  };
}
