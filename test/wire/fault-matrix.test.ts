import assert from 'node:assert/strict';
import type { RouteEvent } from '../../src/core/routing/contract.ts';
import type { WatchdogSettings } from '../../src/core/routing/settings.ts';
import type { EventOf } from '../../src/protocol/events.ts';
import type { AssistantMessage } from '../../src/protocol/message.ts';
import { refusedUrls } from '../../src/rehearsal/wire/server.ts';
import type { Vendor, WireServers } from '../../src/rehearsal/wire/types.ts';
import { type Cell, type Counted, type FaultRow, faultRows } from '../support/fault-rows.ts';
import { liveRouter } from '../support/live-router.ts';
import { models, providerOf, readFile, say } from '../support/providers.ts';
import { endServers, serve, vendors } from '../support/wire.ts';

const KEY = 'sk-a-key-that-nobody-may-see';
const TEXT = 'A good answer 🙂, long enough to be cut somewhere.';
const price = { input: 1, output: 1 };
const long = 60_000;

/** Only the watchdog that a fault is about is short, so that a busy machine wakes no other. */
function watchdogsFor({ fault }: FaultRow): WatchdogSettings {
  const kind = fault === 'refused' ? '' : fault.kind;
  return {
    connectMs: kind === 'stall-headers' ? 150 : long,
    firstByteMs: kind === 'stall-first-byte' ? 150 : long,
    silenceMs: kind === 'stall' ? 150 : long,
  };
}

async function play(row: FaultRow, vendor: Vendor, backup: WireServers): Promise<Cell> {
  const { fault } = row;
  const faulty = fault === 'refused' ? undefined : fault;
  const servers = await serve({
    answer: () => ({
      text: TEXT,
      ...(faulty?.kind === 'malformed-arguments' && { toolCalls: [{ name: 'read_file', args: { path: 'a' } }] }),
    }),
    faults: call => (call.endpoint === 'generate' ? faulty : undefined),
  });
  const urls = faulty ? servers.urls : await refusedUrls();
  const [first, second] = [`${vendor}/${models[vendor]}`, 'backup/deepseek-chat'];
  const live = liveRouter(
    [
      providerOf(urls, vendor, { key: KEY }),
      providerOf(backup.urls, 'openai-compatible', { name: 'backup', key: 'key-backup' }),
    ],
    {
      settings: {
        backoff: { baseMs: 1, maxMs: 5000 },
        acceptableWaitMs: 100,
        providers: { [vendor]: { watchdogs: watchdogsFor(row) } },
      },
      prices: { [first]: price, [second]: price },
    },
  );
  const events = await live.turn({
    agent: 'agent',
    turn: 1,
    route: [first, second],
    system: 'You help.',
    tools: [readFile],
    messages: [say('Go on.')],
    maxOutputTokens: 2000,
  });

  const intents = live.journal.of('call-intent');
  const outcomes = live.journal.of('call-outcome');
  assert.deepEqual(outcomes.map(({ call }) => call).toSorted(), intents.map(({ call }) => call).toSorted());
  const booked = outcomes.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  for (const { scope, spent, reserved } of live.budget.standing()) {
    assert.equal(reserved, 0, `${scope}: nothing stays reserved`);
    if (scope === 'session') assert.equal(spent, booked, 'the ledger has what the journal says');
  }
  assert.ok(!JSON.stringify([events, live.journal.events]).includes(KEY), 'the key is nowhere to be seen');

  await servers.idle();
  for (const { ended, fault: injected } of servers.requests)
    if (injected?.startsWith('stall')) assert.equal(ended, 'client-closed', 'we hang up on a server that stalls');
  assert.ok(servers.connections().open <= 2, `${servers.connections().open} connections are left`);
  live.dispose();

  const last = events.at(-1);
  if (last?.type === 'answer' && last.stop === 'end' && last.model === first && faulty?.kind !== 'refusal') {
    assert.ok(textOf(last.message).includes(TEXT), 'the answer is whole');
    if (faulty?.kind === 'huge-chunk') assert.equal(textOf(last.message).length, faulty.bytes);
  }
  const [outcome, intent] = [outcomes[0], intents[0]];
  assert.ok(outcome && intent);
  const parked = live.journal.of('route-parked')[0];
  return {
    ends: outcome.result.ok ? `ok:${outcome.result.stop}` : (outcome.result.error as Cell['ends']),
    asked: intents.filter(({ model }) => model === first).length,
    next: nextOf(last, first),
    counted: countedOf(outcome, intent.reserved),
    // Dates in HTTP are whole seconds.
    ...(parked && { parked: 10 * Math.round((parked.until - parked.at) / 10_000) }),
  };
}

const textOf = (message: AssistantMessage) =>
  message.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');

function nextOf(last: RouteEvent | undefined, first: string): Cell['next'] {
  if (last?.type === 'answer') return last.model === first ? 'answered' : 'next model';
  assert.ok(last?.type === 'failed', 'a turn ends with an answer or a failure');
  return last.failure.reason;
}

function countedOf(outcome: EventOf<'call-outcome'>, reserved: number | undefined): Counted {
  if (outcome.cost === 0) return 'nothing';
  if (!outcome.costIsReservation) return 'usage';
  return outcome.cost === reserved ? 'all' : 'prompt+max';
}

const show = ({ ends, asked, next, counted, parked }: Cell) =>
  `${ends} ×${asked} → ${next}, ${counted}${parked ? `, parked ${parked} s` : ''}`;

describe('the fault matrix', () => {
  const shown: string[][] = [];
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  let backup: WireServers;
  let cells = 0;

  before(async () => {
    backup = await serve({ answer: () => ({ text: 'from the next model' }) });
    process.on('unhandledRejection', note);
  });
  after(async () => {
    process.off('unhandledRejection', note);
    await endServers();
    const widths = [0, ...vendors].map((_, i) => Math.max(...shown.map(line => line[i]?.length ?? 0)));
    for (const line of [['', ...vendors], ...shown])
      console.log(line.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | '));
    console.log(`${cells} cells: ${shown.length} faults × ${vendors.length} wire formats`);
  });

  for (const row of faultRows) {
    it(`${row.name}: class, next step and count are as designed for every vendor`, async () => {
      const played = await Promise.all(vendors.map(vendor => play(row, vendor, backup)));
      shown.push([row.name, ...played.map(show)]);
      for (const [i, vendor] of vendors.entries()) {
        const { parked, ...rest } = { ...row.cell, ...row.but?.[vendor] };
        assert.deepEqual(played[i], { ...rest, ...(parked && { parked }) }, vendor);
        cells++;
      }
      assert.deepEqual(unhandled, []);
    }).timeout(60_000);
  }
});
