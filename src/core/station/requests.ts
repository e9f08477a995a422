import type { StationEvent, StationRequest } from '../../protocol/station.ts';
import { oneLine } from '../plain.ts';
import { hint } from '../plan/suggest.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import type { ChooseOptions } from './choose.ts';
import type { Item, StationState } from './contract.ts';
import { ended } from './fold/queue.ts';
import { candidates, targets } from './members.ts';
import { promise } from './promise.ts';
import { showTime } from './show-time.ts';

export interface QueueHost {
  readonly state: StationState;
  append(event: StationEvent): unknown;
  choosing(): ChooseOptions;
  /** Whether somebody works on the queue. */
  runs: boolean;
}

type QueueRequest = Extract<StationRequest, { kind: `queue-${string}` }>;

export const isQueueRequest = (body: StationRequest): body is QueueRequest => body.kind.startsWith('queue-');

const no = (message: string): RequestOutcome => ({ ok: false, message });

/** Does what is asked of the queue, which is there whether or not anybody works on it. */
export function handleQueue(host: QueueHost, body: QueueRequest, id: string): RequestOutcome {
  if (body.kind === 'queue-add') return add(host, body, id);
  const item = host.state.items.get(body.item);
  if (!item) return no(`there is no item "${body.item}"${hint(body.item, openIds(host.state))}`);
  switch (body.kind) {
    case 'queue-edit':
      return edit(host, item, body);
    case 'queue-move':
      return move(host, item, body.before);
    case 'queue-hold':
    case 'queue-release':
      return hold(host, item, body.kind === 'queue-hold');
    case 'queue-remove':
      if (item.status === 'running') return no(`${item.id} is being worked on: orchestrate abort ${item.id}`);
      if (item.status === 'removed') return no(`${item.id} was removed before`);
      host.append({ type: 'item-removed', item: item.id, reason: body.reason ?? 'removed by the user' });
      return { ok: true, message: `${item.id} is removed${waiters(host.state, item)}` };
    case 'queue-retry':
      if (!ended(item)) return no(`${item.id} is not over: it is ${item.status}`);
      host.append({ type: 'item-retried', item: item.id });
      return { ok: true, message: [`${item.id} waits again`, ...promised(host, item)].join('. ') };
  }
}

const openIds = (state: StationState) => [...state.items.values()].filter(item => !ended(item)).map(({ id }) => id);

const promised = ({ state, runs, choosing }: QueueHost, item: Item) => promise(state, item, runs, choosing());

function add(host: QueueHost, body: Extract<QueueRequest, { kind: 'queue-add' }>, id: string): RequestOutcome {
  const { state } = host;
  // A request that was done before the process died is not done twice.
  const before = state.causes.get(id)?.item;
  if (before !== undefined) return { ok: true, message: `${before} is in the queue` };
  const { kind: _, needs = [], ...rest } = body;
  const wrong = whyNot(host, body, needs);
  if (wrong !== undefined) return no(wrong);
  const item = `q${state.counts.items + 1}`;
  host.append({ type: 'item-added', item, ...rest, needs, by: 'user', cause: id });
  const added = state.items.get(item) as Item;
  const who = added.target === undefined ? '' : ` for ${added.target}`;
  return { ok: true, message: [`${item}${who}, priority ${added.priority}`, ...promised(host, added)].join('. ') };
}

function whyNot(
  { state, choosing, runs }: QueueHost,
  { target, due, workflow }: { target?: string | undefined; due?: number | undefined; workflow?: unknown },
  needs: readonly string[],
): string | undefined {
  const { now } = choosing();
  if (due !== undefined && due <= now) return `${showTime(due, now)} is in the past`;
  for (const need of needs)
    if (!state.items.has(need)) return `there is no item "${need}" to wait for${hint(need, openIds(state))}`;
  const nobody = !workflow && runs && candidates(state, { ...(target !== undefined && { target }) }).length === 0;
  if (target !== undefined && nobody) return `nobody in the team is "${target}"${hint(target, targets(state))}`;
  return undefined;
}

function edit(host: QueueHost, item: Item, body: Extract<QueueRequest, { kind: 'queue-edit' }>): RequestOutcome {
  const { kind: _, item: id, ...change } = body;
  if (item.status === 'running') return no(`${id} is being worked on and cannot be changed`);
  if (ended(item)) return no(`${id} is over: it is ${item.status}`);
  if (Object.keys(change).length === 0) return no(`nothing about ${id} is to be different`);
  const { target = item.target, due = item.due } = change;
  const wrong = whyNot(host, { target: target ?? undefined, due: due ?? undefined }, []);
  if (wrong !== undefined) return no(wrong);
  host.append({ type: 'item-changed', item: id, ...change });
  return { ok: true, message: [`${id} is changed`, ...promised(host, item)].join('. ') };
}

function move(host: QueueHost, item: Item, before: string | undefined): RequestOutcome {
  if (item.status !== 'waiting' && item.status !== 'held')
    return no(`${item.id} does not wait any more: it is ${item.status}`);
  if (before === item.id) return no(`${item.id} cannot come before itself`);
  const other = before === undefined ? undefined : host.state.items.get(before);
  if (before !== undefined && (!other || ended(other)))
    return no(`there is no item "${before}" that waits${hint(before, openIds(host.state))}`);
  if (item.needs.includes(before ?? '')) return no(`${item.id} needs ${before}, and cannot come before it`);
  host.append({ type: 'item-moved', item: item.id, ...(before !== undefined && { before }) });
  return { ok: true, message: `${item.id} comes ${before === undefined ? 'last' : `before ${before}`}` };
}

function hold(host: QueueHost, item: Item, held: boolean): RequestOutcome {
  if (item.status !== (held ? 'waiting' : 'held')) return no(`${item.id} is ${item.status}`);
  host.append({ type: 'item-held', item: item.id, held });
  return { ok: true, message: held ? `${item.id} is held` : [`${item.id} waits`, ...promised(host, item)].join('. ') };
}

function waiters(state: StationState, { id }: Item): string {
  const left = [...state.items.values()].filter(item => !ended(item) && item.needs.includes(id));
  return left.length === 0
    ? ''
    : `. It is needed by ${oneLine(left.map(item => item.id).join(', '))}, which cannot begin`;
}
