import type { IncomingMessage, ServerResponse } from 'node:http';
import { checklist } from '../core/team/completion.ts';
import { Connection } from '../dashboard/connection.ts';
import { FromDashboard } from '../protocol/dashboard.ts';
import type { Holder } from './access/tokens.ts';
import type { Served } from './api/served.ts';
import { workspaceNamed } from './api/served.ts';
import { readJson } from './body.ts';
import { Stream } from './event-stream.ts';
import { ProblemError } from './problem.ts';
import { tellChanges } from './tell-changes.ts';

/** At most so many pages at once. */
const MOST = 200;
const PAGE_ID = /^[0-9a-f-]{36}$/;
/** What only says what the page shows; whatever is asked of a session goes through the API, which names who asks. */
const LOOKING: ReadonlySet<FromDashboard['type']> = new Set(['ready', 'drawn', 'choose', 'watch', 'fetch', 'again']);

const nothing = () => undefined;

/** The dashboards in browsers: what each is told goes out as a stream, what it says comes in as single requests. */
export class PageLinks {
  readonly #served: Served;
  readonly #pages = new Map<string, { connection: Connection; name: string }>();

  constructor(served: Served) {
    this.#served = served;
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL, holder: Holder): Promise<void> {
    const page = url.searchParams.get('page') ?? '';
    if (!PAGE_ID.test(page)) throw new ProblemError('bad-request', 'A page names itself by a UUID.');
    if (url.pathname === '/dashboard/stream' && request.method === 'GET')
      return this.#open(page, response, url, holder);
    if (url.pathname === '/dashboard/messages' && request.method === 'POST')
      return this.#receive(page, await readJson(request), response, holder);
    throw new ProblemError('not-found');
  }

  async #open(page: string, response: ServerResponse, url: URL, holder: Holder): Promise<void> {
    if (this.#pages.has(page)) throw new ProblemError('bad-request', 'That page is open already.');
    if (this.#pages.size >= MOST) throw new ProblemError('too-many', `${MOST} dashboards are open.`);
    const workspace = workspaceNamed(this.#served, url.searchParams.get('workspace') ?? undefined);
    const { host } = workspace;
    const { tokens, clock, log } = this.#served;
    const stream = new Stream(response, await tokens.hold(holder));
    const connection = new Connection({
      source: host.sessions,
      clock,
      log,
      checklist,
      post: message => stream.write(`data: ${JSON.stringify(message)}\n\n`),
      readiness: () => 'ready',
      run: nothing,
      step: nothing,
      openFile: nothing,
      openTranscript: nothing,
      retryTask: nothing,
      onDrawn: nothing,
      texts: {},
    });
    this.#pages.set(page, { connection, name: holder.name });
    stream.onClose(() => {
      this.#pages.delete(page);
      connection.dispose();
    });
    for (const what of ['team', 'deliveries'] as const) void tellChanges(workspace, what, stream, clock);
  }

  #receive(page: string, body: unknown, response: ServerResponse, holder: Holder): void {
    const open = this.#pages.get(page);
    if (!open || open.name !== holder.name) throw new ProblemError('not-found', 'That page is not open.');
    const message = FromDashboard.safeParse(body);
    if (!message.success || !LOOKING.has(message.data.type))
      throw new ProblemError('invalid-body', `A page says ${[...LOOKING].join(', ')}.`);
    open.connection.receive(message.data);
    response.writeHead(204).end();
  }
}
