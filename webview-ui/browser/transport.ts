import { signal } from '@preact/signals';
import type { FromDashboard, ToDashboard } from '../../src/protocol/dashboard.ts';
import type { NextStep } from '../../src/protocol/dashboard-rows.ts';
import type { Memory, Transport } from '../host.ts';
import { model } from '../page.ts';
import { api, type Result, type SessionPlace } from './client.ts';
import { told } from './polled.ts';
import { addressOf, goTo, route } from './route.ts';
import { keyHeader } from './signed-in.ts';

const MEMORY = 'orchestrate-page';
/** How long the first new try waits; each after it twice as long, up to a limit. */
const AGAIN_MS = { first: 250, most: 5000 };

/** Whether the server is heard. */
export const connected = signal(true);
/** What did not work, for the person. */
export const trouble = signal('');

/** The dashboard's talk with the server: a stream of events in, single requests out. */
export class ServerTransport implements Transport {
  #hear: (message: unknown) => void = () => undefined;
  #workspace = '';
  #page = '';
  #over: AbortController | undefined;

  /** Listens to a workspace; where it listens already, nothing changes. */
  open(workspace: string): void {
    if (this.#workspace === workspace) return;
    this.#workspace = workspace;
    this.#over?.abort();
    this.#over = new AbortController();
    void this.#follow(this.#over.signal);
  }

  /** Listens to the workspace that it heard last, or to the first one. */
  async openAny(): Promise<void> {
    if (this.#workspace !== '') return;
    const read = await api.workspaces();
    const [first] = read.ok ? read.value.items : [];
    if (first && this.#workspace === '') this.open(first.name);
  }

  get workspace(): string {
    return this.#workspace;
  }

  listen(hear: (message: unknown) => void): void {
    this.#hear = hear;
  }

  recall(): Memory {
    return JSON.parse(sessionStorage.getItem(MEMORY) ?? '{}') as Memory;
  }

  keep(memory: Memory): void {
    sessionStorage.setItem(MEMORY, JSON.stringify(memory));
  }

  tell(message: FromDashboard): void {
    switch (message.type) {
      case 'request':
        void this.#request(message);
        break;
      case 'choose':
        goTo(addressOf({ workspace: this.#workspace, session: message.session }));
        break;
      case 'open-transcript':
        goTo(addressOf({ workspace: this.#workspace, session: message.session }, 'agents', message.agent));
        break;
      case 'open-file':
        goTo(addressOf(this.#place(), 'review'));
        break;
      case 'retry-task':
        void this.#resume({ workspace: this.#workspace, session: message.session }, { retry: { task: message.task } });
        break;
      case 'step':
        void this.#step(message.step, { workspace: this.#workspace, session: message.session });
        break;
      case 'run':
        goTo('#/');
        break;
      case 'reveal-task':
        break;
      default:
        void this.#send(message);
    }
  }

  /** The dashboard of one session. */
  choose(session: string): void {
    void this.#send({ type: 'choose', session });
  }

  #place(): SessionPlace {
    return { workspace: this.#workspace, session: model.session.peek()?.session ?? '' };
  }

  async #step(step: NextStep, place: SessionPlace): Promise<void> {
    switch (step) {
      case 'approve-plan': {
        const revision = model.session.peek()?.plan?.revision ?? 0;
        return said(await api.approve(place, { revision }));
      }
      case 'open-plan':
      case 'revise-plan':
      case 'cancel-plan':
        return goTo(addressOf(place, 'plan'));
      case 'review':
        return goTo(addressOf(place, 'review'));
      case 'report':
        return goTo(addressOf(place, 'report'));
      case 'answer':
        return document.querySelector<HTMLElement>('.asks button, .asks input')?.focus();
      case 'resume':
        return this.#resume(place, {});
      case 'ask-for-more':
        return goTo('#/');
    }
  }

  async #resume(place: SessionPlace, body: object): Promise<void> {
    said(await api.resume(place, body));
  }

  async #request({ request, session, body }: Extract<FromDashboard, { type: 'request' }>): Promise<void> {
    const done = await api.request({ workspace: this.#workspace, session }, body);
    const answer = done.ok ? done.value : done;
    const { ok, message } = answer;
    this.#hear({ type: 'answer', request, ok, ...(message !== undefined && { message }) } satisfies ToDashboard);
  }

  async #send(message: FromDashboard): Promise<void> {
    if (this.#page === '') return;
    await fetch(`/dashboard/messages?page=${this.#page}`, {
      method: 'POST',
      headers: { ...keyHeader(), 'content-type': 'application/json' },
      body: JSON.stringify(message),
    }).catch(() => undefined);
  }

  /** Comes back whenever the connection is lost; the server then tells everything anew. */
  async #follow(over: AbortSignal): Promise<void> {
    for (let wait = AGAIN_MS.first; !over.aborted; wait = Math.min(wait * 2, AGAIN_MS.most)) {
      if (await this.#stream(over)) wait = AGAIN_MS.first;
      if (over.aborted) return;
      connected.value = false;
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }

  /** Whether anything was heard before it ended. */
  async #stream(over: AbortSignal): Promise<boolean> {
    const page = crypto.randomUUID();
    const query = new URLSearchParams({ workspace: this.#workspace, page });
    const init = { headers: keyHeader(), signal: over, cache: 'no-store' } as const;
    const answer = await fetch(`/dashboard/stream?${query}`, init).catch(() => undefined);
    if (!answer?.ok || !answer.body) return false;
    this.#page = page;
    connected.value = true;
    const shown = route.peek();
    const session = 'session' in shown ? shown.session : undefined;
    const { watch } = this.recall();
    void this.#send({
      type: 'ready',
      ...(session !== undefined && { session }),
      ...(watch !== undefined && { watch }),
    });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done) return true;
      const blocks = (text + value).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        if (block.startsWith('data: ')) this.#hear(JSON.parse(block.slice(6)));
        const standing = /^event: (team|deliveries)$/m.exec(block)?.[1] as keyof typeof told | undefined;
        if (standing) told[standing].value++;
      }
    }
  }
}

function said(result: Result<unknown>): void {
  trouble.value = result.ok ? '' : result.message;
}
