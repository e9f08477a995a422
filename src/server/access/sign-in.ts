import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/ports.ts';
import type { Holder, Tokens } from './tokens.ts';

/** Browsers send a cookie to every port of a host, so to other programs on this machine, too: their name tells them apart, the key keeps them out. */
export const cookieName = (port: number): string => `orchestrate-${port}`;
/** What a page sends beside its cookie: no page of another port or site knows it, and none may send it unasked. */
export const KEY_HEADER = 'x-orchestrate-key';

const WEEK_MS = 7 * 24 * 3600 * 1000;
const CODE_MS = 60_000;

/** Keeps people signed in without the token: a signed cookie that is good only together with a key that the page keeps. */
export class SignIn {
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  /** Codes that sign in once, soon after they were made: what starts a browser is seen in the list of processes. */
  readonly #codes = new Map<string, { name: string; until: number }>();

  constructor(tokens: Tokens, clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** A code for a URL that opens a browser: good once, for a minute. */
  newCode(name: string): string {
    const code = `once-${randomBytes(24).toString('base64url')}`;
    this.#codes.set(code, { name, until: this.#clock.now() + CODE_MS });
    return code;
  }

  /** Whom a token or a code signs in. */
  async open(token: string): Promise<{ holder: Holder; cookie: string; key: string; maxAge: number } | undefined> {
    const coded = this.#codes.get(token);
    this.#codes.delete(token);
    const holder =
      coded && coded.until > this.#clock.now() ? await this.#holderOf(coded.name) : await this.#tokens.holderOf(token);
    const mark = holder && (await this.#tokens.markOf(holder.name));
    if (!holder || mark === undefined) return undefined;
    const key = randomBytes(24).toString('base64url');
    const until = this.#clock.now() + WEEK_MS;
    const said = `${holder.name}.${until}.${mark}`;
    return { holder, key, cookie: `${said}.${await this.#sign(said, key)}`, maxAge: WEEK_MS / 1000 };
  }

  /** Whose cookie and key these are. */
  async holderOf(cookie: string, key: string): Promise<Holder | undefined> {
    const [, said, name, until, mark, signature] = /^((.+)\.(\d+)\.([0-9a-f]{32}))\.([\w-]+)$/.exec(cookie) ?? [];
    if (said === undefined || name === undefined || mark === undefined || signature === undefined) return undefined;
    const [given, right] = [Buffer.from(signature), Buffer.from(await this.#sign(said, key))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    if (Number(until) < this.#clock.now()) return undefined;
    return this.#tokens.holderNamed(name, mark);
  }

  async #holderOf(name: string): Promise<Holder | undefined> {
    const mark = await this.#tokens.markOf(name);
    return mark === undefined ? undefined : this.#tokens.holderNamed(name, mark);
  }

  /** With the secret of local programs: it stands in the user's own folder, and outlives this process. */
  async #sign(said: string, key: string): Promise<string> {
    return createHmac('sha256', await this.#tokens.local())
      .update(`cookie ${said} ${key}`)
      .digest('base64url');
  }
}
