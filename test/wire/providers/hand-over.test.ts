import assert from 'node:assert/strict';
import type { Message } from '../../../src/protocol/message.ts';
import type { Vendor } from '../../../src/rehearsal/wire/types.ts';
import { answerOf, callsOf, models, providerOf, requestOf, resultsFor, say } from '../../support/providers.ts';
import { endServers, serve, vendors } from '../../support/wire.ts';

const orders = vendors.flatMap(first =>
  vendors.flatMap(second =>
    vendors.filter(third => new Set([first, second, third]).size === 3).map(third => [first, second, third] as const),
  ),
);

/** What everybody has to know of a conversation, whoever took part in it. */
function told(messages: readonly Message[]) {
  return messages.flatMap(message =>
    message.parts.flatMap(part => {
      if (part.type === 'text') return [`${message.role}: ${part.text}`];
      if (part.type === 'tool-call') return [`calls ${part.name} ${JSON.stringify(part.args)}`];
      return part.type === 'tool-result' ? [`got ${part.output}`] : [];
    }),
  );
}

describe('One conversation through several providers', () => {
  afterEach(endServers);

  for (const order of orders) {
    it(order.join(' → '), async () => {
      let turn = 0;
      const servers = await serve({
        answer: ({ vendor }) => ({
          reasoning: `Thought ${++turn} of ${vendor}.`,
          text: `Answer ${turn} of ${vendor}.`,
          toolCalls: [
            { name: 'read_file', args: { path: `${turn}.ts` }, id: `${vendor}-${turn}-a` },
            { name: 'list_files', id: `${vendor}-${turn}-b` },
          ],
        }),
      });
      const messages: Message[] = [say('Look at the files.')];
      const ask = async (vendor: Vendor) => {
        const provider = providerOf(servers.urls, vendor);
        const { message } = (await answerOf(provider, requestOf(vendor, { messages, effort: 'high' }))).end;
        assert.equal(callsOf(message).length, 2);
        messages.push(message, resultsFor(message, `result ${turn}`), say(`Well done, ${vendor}.`));
      };
      // Each speaks twice, so that it also hears itself, once with the others in between.
      for (const vendor of [...order, ...order, order[2]]) await ask(vendor);

      const last = servers.requests.at(-1)?.request;
      assert.deepEqual(told(last?.messages ?? []), told(messages.slice(0, -3)));
      const raw = JSON.stringify(last?.raw);
      for (const other of order.slice(0, 2)) assert.doesNotMatch(raw, new RegExp(`Thought \\d of ${other}\\.`));
      assert.deepEqual(
        servers.requests.map(({ refused }) => refused),
        Array(7).fill(undefined),
      );
    });
  }

  for (const vendor of vendors) {
    it(`${vendor} takes a history with gaps: calls without results, results without calls, blank and doubled turns`, async () => {
      const servers = await serve();
      const messages: Message[] = [
        { role: 'assistant', parts: [{ type: 'text', text: 'Before anyone spoke.' }] },
        { role: 'tool', parts: [{ type: 'tool-result', id: 'gone', name: 'read_file', output: 'of a lost call' }] },
        { role: 'user', parts: [{ type: 'text', text: '  ' }] },
        { role: 'assistant', parts: [{ type: 'reasoning', text: 'only a thought' }] },
        {
          role: 'assistant',
          parts: [
            { type: 'tool-call', id: 'a', name: 'read_file', args: '{"path": tru', malformed: true },
            { type: 'tool-call', id: 'b', name: 'list_files', args: {} },
          ],
        },
        say('While they run.'),
        { role: 'tool', parts: [{ type: 'tool-result', id: 'b', name: 'list_files', output: 'a.ts', isError: true }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'One.' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'Two.' }] },
      ];
      await answerOf(providerOf(servers.urls, vendor), requestOf(vendor, { messages }));
      const heard = servers.requests[0]?.request?.messages ?? [];
      const results = heard.flatMap(message => message.parts.filter(part => part.type === 'tool-result'));
      assert.equal(results.length, 2);
      assert.match(results[0]?.output ?? '', /interrupted/);
      assert.match(results[1]?.output ?? '', /a\.ts/);
      const calls = heard.flatMap(message => message.parts.filter(part => part.type === 'tool-call'));
      assert.deepEqual(calls[0]?.args, { malformed_arguments: '{"path": tru' });
      const texts = told(heard);
      for (const text of ['of a lost call', 'While they run.', 'Two.']) {
        assert.ok(
          texts.some(each => each.includes(text)),
          text,
        );
      }
    });

    it(`${vendor} never replays to another model or another server`, async () => {
      const servers = await serve({ answer: () => ({ reasoning: 'A secret thought.', text: 'Hello.' }) });
      const provider = providerOf(servers.urls, vendor);
      const request = requestOf(vendor, { tools: [], effort: 'high' });
      const { message } = (await answerOf(provider, request)).end;
      const elsewhere = structuredClone(message);
      const mark = 'SECRETLY-REPLAYED';
      if (elsewhere.native) elsewhere.native = { ...elsewhere.native, blocks: poisoned(elsewhere.native.blocks, mark) };
      for (const change of [{ model: 'another' }, { account: 'another' }, { provider: 'another' }, { kind: 'x' }]) {
        const moved = structuredClone(elsewhere);
        if (moved.native) Object.assign(moved.native.provenance, change);
        await answerOf(provider, { ...request, messages: [...request.messages, moved, say('Go on.')] });
        assert.doesNotMatch(JSON.stringify(servers.requests.at(-1)?.request?.raw), new RegExp(mark));
      }
      assert.equal(provider.provenance(models[vendor]).kind, vendor);
      assert.doesNotMatch(JSON.stringify(provider.provenance('m')), /key-of-the-account/);
    });
  }
});

function poisoned(value: unknown, mark: string): unknown {
  if (typeof value === 'string') return mark;
  if (Array.isArray(value)) return value.map(item => poisoned(item, mark));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poisoned(item, mark)]));
}
