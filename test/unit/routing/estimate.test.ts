import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { PromptEstimates, utf8Length } from '../../../src/core/routing/estimate.ts';
import type { Message } from '../../../src/protocol/message.ts';

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const prompt = (...messages: Message[]) => ({ system: 'You help.', tools: [], messages });

const code = fc.oneof(
  fc.integer({ max: 0x7f, min: 0 }),
  fc.integer({ min: 0x80, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
);
const text = fc.array(code, { maxLength: 50 }).map(codes => String.fromCodePoint(...codes));

describe('the bound on a prompt', () => {
  it('is never below a token for each byte', () => {
    fc.assert(
      fc.property(text, text => {
        assert.equal(utf8Length(text), Buffer.byteLength(text));
        assert.ok(new PromptEstimates().atMost('k', prompt(user(text))) >= Buffer.byteLength(text));
      }),
    );
  });

  it('counts reasoning, native blocks, tool calls, results and pictures', () => {
    const estimates = new PromptEstimates();
    const base = estimates.atMost('k', prompt());
    const long = 'x'.repeat(5000);
    const provenance = { provider: 'p', kind: 'anthropic', model: 'm', account: 'a' };
    const messages: Message[] = [
      { role: 'assistant', parts: [{ type: 'reasoning', text: long }] },
      { role: 'assistant', parts: [], native: { provenance, blocks: [{ signature: long }] } },
      { role: 'assistant', parts: [{ type: 'tool-call', id: '1', name: 't', args: { long } }] },
      { role: 'tool', parts: [{ type: 'tool-result', id: '1', name: 't', output: long }] },
      { role: 'user', parts: [{ type: 'image', mediaType: 'image/png', data: 'aaaa' }] },
    ];
    for (const message of messages) assert.ok(estimates.atMost('k', prompt(message)) - base >= 5000, message.role);
    assert.ok(estimates.atMost('k', { ...prompt(), tools: [{ name: 't', description: long, parameters: {} }] }) > 5000);
  });

  it('takes what the vendor has counted of the same conversation, and only that', () => {
    const estimates = new PromptEstimates();
    const [first, second] = [user('x'.repeat(40_000)), user('y'.repeat(1000))];
    estimates.learn('k', prompt(first), 8000);
    const bound = estimates.atMost('k', prompt(first, second));
    assert.ok(bound >= 9000 && bound < 11_000, `${bound}`);
    assert.ok(estimates.atMost('other', prompt(first, second)) > 41_000);
    assert.ok(estimates.atMost('k', prompt(user('z'.repeat(50_000)), second)) > 51_000, 'another beginning');
    assert.ok(estimates.atMost('k', prompt()) < 2000, 'a shorter conversation');
  });

  it('is the same for a conversation that grew as for one measured at once', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), fc.nat(), (texts, cut) => {
        const grown = prompt();
        const estimates = new PromptEstimates();
        for (const said of texts) {
          grown.messages.push(user(said));
          assert.equal(estimates.atMost('k', grown), estimates.atMost('k', prompt(...grown.messages)));
        }
        grown.messages.length = cut % texts.length;
        assert.equal(estimates.atMost('k', grown), estimates.atMost('k', prompt(...grown.messages)), 'and was cut');
      }),
    );
  });
});
