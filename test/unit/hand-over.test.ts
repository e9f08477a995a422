import assert from 'node:assert/strict';
import fc from 'fast-check';
import { turnsFor } from '../../src/core/routing/hand-over.ts';
import type { Message } from '../../src/protocol/message.ts';

const here = { provider: 'p', kind: 'k', model: 'm', account: 'a' };
const text = fc.record({ type: fc.constant('text' as const), text: fc.constantFrom('', ' ', 'a', 'b') });
const id = fc.constantFrom('1', '2', '3', '4');
const call = fc.record({ type: fc.constant('tool-call' as const), id, name: fc.constant('t'), args: fc.constant({}) });
const reasoning = fc.record({ type: fc.constant('reasoning' as const), text: fc.string() });
const result = fc.record({
  type: fc.constant('tool-result' as const),
  id,
  name: fc.constant('t'),
  output: fc.string(),
});
const native = fc.record({
  provenance: fc.constantFrom(here, { ...here, model: 'other' }, { ...here, account: 'other' }),
  blocks: fc.constant({ content: [] }),
});
const unique = { selector: (part: { id?: string; type: string }) => part.id ?? Symbol() };
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), parts: fc.array(text, { maxLength: 2 }) }),
  fc.record({ role: fc.constant('tool' as const), parts: fc.array(result, { maxLength: 3 }) }),
  fc.record(
    {
      role: fc.constant('assistant' as const),
      parts: fc.uniqueArray(fc.oneof(text, call, reasoning), { maxLength: 4, ...unique }),
      native,
    },
    { requiredKeys: ['role', 'parts'] },
  ),
);

describe('A conversation handed over', () => {
  const history = fc.array(message, { maxLength: 12 });

  it('alternates, begins and ends with the user, and answers every call once', () => {
    fc.assert(
      fc.property(history, messages => {
        const turns = turnsFor(messages, here);
        assert.equal(turns.length % 2, 1);
        for (const [i, turn] of turns.entries()) {
          assert.equal(turn.role, i % 2 ? 'assistant' : 'user');
          if (turn.role === 'assistant') {
            assert.ok(turn.parts.length || turn.native);
            continue;
          }
          const before = turns[i - 1];
          const calls = before?.role === 'assistant' ? before.parts.filter(part => part.type === 'tool-call') : [];
          assert.deepEqual(
            turn.results.map(each => each.id),
            calls.map(each => each.id),
          );
          assert.ok(turn.results.length || turn.parts.length);
          assert.ok(turn.parts.every(part => part.type !== 'text' || part.text.trim() !== ''));
        }
      }),
    );
  });

  it('keeps native blocks of the very same place only, and loses no result', () => {
    fc.assert(
      fc.property(history, messages => {
        const turns = turnsFor(messages, here);
        const natives = messages.filter(each => each.role === 'assistant' && each.native?.provenance === here);
        assert.equal(turns.filter(turn => turn.role === 'assistant' && turn.native).length, natives.length);
        const told = JSON.stringify(turns);
        for (const each of messages) {
          if (each.role !== 'tool') continue;
          for (const { output } of each.parts) assert.ok(told.includes(JSON.stringify(output).slice(1, -1)));
        }
      }),
    );
  });

  it('keeps its rendered beginning while it grows by whole turns', () => {
    fc.assert(
      fc.property(history, history, (messages, more) => {
        const asked: Message[] = [...messages, { role: 'user', parts: [{ type: 'text', text: 'go' }] }];
        const answer: Message = { role: 'assistant', parts: [{ type: 'text', text: 'ok' }] };
        const before = turnsFor(asked, here);
        assert.deepEqual(turnsFor([...asked, answer, ...more], here).slice(0, before.length), before);
      }),
    );
  });
});
