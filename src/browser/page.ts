import type { BrowserPage, BrowserRights, PageState } from '../core/ports.ts';
import { type BrowserConnection, BrowserError } from './connection.ts';
import { PageEvents } from './events.ts';
import { KEYS } from './keys.ts';
import { type AxNode, findLandmark, type Landmark, outlineOf } from './outline.ts';

const SIZE = { width: 1280, height: 800 };
/** What a click sets off is mostly over by then. */
const SETTLE_MS = 4000;
const START_MS = 30_000;
/** More is no page that somebody looks at. */
const TALLEST = 4000;

type Fields = Record<string, unknown>;
interface Point {
  x: number;
  y: number;
}

/** One page of a browser that nobody sees, driven by the browser's own protocol. */
export class Page implements BrowserPage {
  readonly #connection: BrowserConnection;
  readonly #session: string;
  readonly #events: PageEvents;
  readonly #end: () => Promise<void>;
  readonly #marks = new Map<number, string>();
  #landmarks: Landmark[] = [];
  #status: number | undefined;
  #unfinished = false;
  #stuck = false;

  static async attach(connection: BrowserConnection, rights: BrowserRights, end: () => Promise<void>): Promise<Page> {
    const { targetInfos } = (await connection.send('Target.getTargets', {}, undefined, START_MS)) as {
      targetInfos: { targetId: string; type: string }[];
    };
    const target = targetInfos.find(({ type }) => type === 'page')?.targetId;
    const { sessionId } = (await connection.send('Target.attachToTarget', { targetId: target, flatten: true })) as {
      sessionId: string;
    };
    const events = new PageEvents(connection, sessionId, String(target), rights);
    const page = new Page(connection, sessionId, events, end);
    await events.listen();
    await page.#resize(SIZE);
    return page;
  }

  private constructor(connection: BrowserConnection, session: string, events: PageEvents, end: () => Promise<void>) {
    this.#connection = connection;
    this.#session = session;
    this.#events = events;
    this.#end = end;
  }

  get gone(): boolean {
    return this.#connection.over || this.#stuck;
  }

  async open(url: string, size = SIZE): Promise<PageState> {
    await this.#resize(size);
    this.#marks.clear();
    this.#events.expectLoad();
    const { errorText } = await this.#ask('Page.navigate', { url });
    const failed = typeof errorText === 'string' && errorText !== '' ? errorText : undefined;
    if (failed !== undefined && !/ERR_ABORTED/.test(failed)) throw new BrowserError(whyNotOpened(url, failed));
    this.#unfinished = !(await this.#events.loaded(this.#connection.patienceMs));
    this.#status = this.#events.status;
    return this.#settled();
  }

  async state(): Promise<PageState> {
    const { nodes } = (await this.#ask('Accessibility.getFullAXTree')) as unknown as { nodes: AxNode[] };
    const { lines, landmarks } = outlineOf(nodes, node => this.#markOf(node));
    this.#landmarks = landmarks;
    const at = (await this.#evaluate('({ url: location.href, title: document.title })')) as {
      url: string;
      title: string;
    };
    return {
      ...at,
      outline: lines,
      said: this.#events.take(),
      ...(this.#status !== undefined && { status: this.#status }),
      ...(this.#unfinished && { unfinished: true }),
    };
  }

  async picture(whole: boolean): Promise<Uint8Array> {
    const more = whole ? { captureBeyondViewport: true, clip: await this.#whole() } : {};
    const { data } = await this.#ask('Page.captureScreenshot', { format: 'png', ...more });
    return new Uint8Array(Buffer.from(String(data), 'base64'));
  }

  async click(target: string): Promise<PageState> {
    const place = await this.#place(target);
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased']) {
      const pressed =
        type === 'mouseMoved' ? {} : { button: 'left', clickCount: 1, buttons: type === 'mousePressed' ? 1 : 0 };
      await this.#ask('Input.dispatchMouseEvent', { type, ...place, ...pressed });
    }
    return this.#settled();
  }

  async type(target: string, text: string): Promise<PageState> {
    const node = await this.#node(target);
    const { object } = (await this.#ask('DOM.resolveNode', { backendNodeId: node })) as {
      object: { objectId: string };
    };
    const found = await this.#call(object.objectId, CHOOSE_ALL);
    if (found !== true)
      throw new BrowserError(
        `Nothing can be typed there: it is ${String(found)}. Name a text field, or click it first.`,
      );
    await this.#ask('Input.insertText', { text });
    return this.#settled();
  }

  async press(key: string): Promise<PageState> {
    const known = KEYS[key.toLowerCase()] ?? ([...key].length === 1 ? { key, text: key } : undefined);
    if (!known)
      throw new BrowserError(
        `There is no key "${key}". Known are ${Object.values(KEYS)
          .map(each => each.key)
          .join(', ')}, and single characters.`,
      );
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyDown', ...known });
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyUp', ...known, text: undefined });
    return this.#settled();
  }

  close(): Promise<void> {
    return this.#end();
  }

  async #settled(): Promise<PageState> {
    await this.#events.quiet(SETTLE_MS);
    return this.state();
  }

  async #resize({ width, height }: { width: number; height: number }): Promise<void> {
    await this.#ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async #whole(): Promise<Fields> {
    const { cssContentSize } = (await this.#ask('Page.getLayoutMetrics')) as {
      cssContentSize: { width: number; height: number };
    };
    return { x: 0, y: 0, width: cssContentSize.width, height: Math.min(cssContentSize.height, TALLEST), scale: 1 };
  }

  async #node(target: string): Promise<number> {
    if (this.#landmarks.length === 0) await this.state();
    let found = findLandmark(target, this.#landmarks);
    if (typeof found !== 'object') {
      // The page may have changed by itself since it was looked at.
      await this.state();
      found = findLandmark(target, this.#landmarks);
    }
    if (typeof found === 'object') return found.node;
    const selected = found === undefined ? await this.#select(target) : undefined;
    if (selected !== undefined) return selected;
    const there = this.#landmarks
      .slice(0, 40)
      .map(({ role, name, mark }) => `${role} "${name.slice(0, 60)}" [${mark}]`);
    throw new BrowserError(
      `${found ?? `Nothing on the page is called "${target}".`} There are: ${there.join(', ') || 'no elements that can be used'}.`,
    );
  }

  async #select(selector: string): Promise<number | undefined> {
    try {
      const { root } = (await this.#ask('DOM.getDocument', { depth: 0 })) as { root: { nodeId: number } };
      const { nodeId } = await this.#ask('DOM.querySelector', { nodeId: root.nodeId, selector });
      if (nodeId === 0) return undefined;
      const { node } = (await this.#ask('DOM.describeNode', { nodeId })) as { node: { backendNodeId: number } };
      return node.backendNodeId;
    } catch {
      return undefined;
    }
  }

  /** Where it can be clicked: in its middle, if nothing lies over that. */
  async #place(target: string): Promise<Point> {
    const point = /^(\d{1,5})\s*,\s*(\d{1,5})$/.exec(target.trim());
    if (point) return { x: Number(point[1]), y: Number(point[2]) };
    const node = await this.#node(target);
    await this.#ask('DOM.scrollIntoViewIfNeeded', { backendNodeId: node }).catch(() => undefined);
    const { quads } = (await this.#ask('DOM.getContentQuads', { backendNodeId: node }).catch(() => ({
      quads: [],
    }))) as { quads: number[][] };
    const [quad] = quads;
    if (!quad) throw new BrowserError(`"${target}" is on the page but not to be seen, so nobody could click it.`);
    const [x1 = 0, y1 = 0, , , x2 = 0, y2 = 0] = quad;
    const place = { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
    const { object } = (await this.#ask('DOM.resolveNode', { backendNodeId: node })) as {
      object: { objectId: string };
    };
    const over = await this.#call(object.objectId, COVERED, [place.x, place.y]);
    if (typeof over === 'string')
      throw new BrowserError(
        `"${target}" is covered by ${over}, so a click there would not reach it. Close or move that first.`,
      );
    return place;
  }

  #markOf(node: number): string {
    const known = this.#marks.get(node);
    if (known !== undefined) return known;
    const mark = `e${this.#marks.size + 1}`;
    this.#marks.set(node, mark);
    return mark;
  }

  async #evaluate(expression: string): Promise<unknown> {
    const { result } = (await this.#ask('Runtime.evaluate', { expression, returnByValue: true })) as {
      result: { value?: unknown };
    };
    return result.value;
  }

  async #call(objectId: string, declaration: string, values: unknown[] = []): Promise<unknown> {
    const { result } = (await this.#ask('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: declaration,
      arguments: values.map(value => ({ value })),
      returnByValue: true,
    })) as { result: { value?: unknown } };
    return result.value;
  }

  async #ask(method: string, params: Fields = {}, ms?: number): Promise<Fields> {
    try {
      return await this.#connection.send(method, params, this.#session, ms);
    } catch (error) {
      if (error instanceof BrowserError && /took longer/.test(error.message)) this.#stuck = true;
      throw error;
    }
  }
}

const CHOOSE_ALL = `function () {
  const field = this.matches?.('input, textarea, [contenteditable=""], [contenteditable="true"]') ? this : this.querySelector?.('input, textarea');
  if (!field) return '<' + this.nodeName.toLowerCase() + '>';
  if (field.disabled) return 'switched off';
  if (field.readOnly) return 'for reading only';
  field.scrollIntoView({ block: 'nearest' });
  field.focus();
  if (field.select) field.select();
  else getSelection().selectAllChildren(field);
  return true;
}`;

const COVERED = `function (x, y) {
  const hit = document.elementFromPoint(x, y);
  if (!hit || hit === this || this.contains(hit) || hit.contains(this)) return null;
  if (this.labels && [...this.labels].some(label => label === hit || label.contains(hit))) return null;
  const text = (hit.textContent || '').trim().slice(0, 40);
  return '<' + hit.nodeName.toLowerCase() + (hit.id ? ' id="' + hit.id + '"' : '') + '>' + (text ? ' "' + text + '"' : '');
}`;

function whyNotOpened(url: string, error: string): string {
  const why: Record<string, string> = {
    'net::ERR_CONNECTION_REFUSED':
      'nobody listens there. Start the server with run_command, background: true and waitFor its port, then open the page',
    'net::ERR_NAME_NOT_RESOLVED': 'only this machine can be reached',
    'net::ERR_BLOCKED_BY_CLIENT':
      'only servers of this machine may be opened, and domains that permissions.network names',
    'net::ERR_EMPTY_RESPONSE': 'the server closed the connection without an answer',
    'net::ERR_TIMED_OUT': 'the server gave no answer',
  };
  return `${url} could not be opened: ${why[error] ?? error}.`;
}
