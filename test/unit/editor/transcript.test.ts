import assert from 'node:assert/strict';
import { entriesOf, withoutMarks } from '../../../src/dashboard/transcript-entries.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { found } from '../../../webview-ui/model/transcript-search.ts';

const messages: Message[] = [
  { role: 'user', parts: [{ type: 'text', text: 'Mend the list.' }] },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Where is it?' },
      { type: 'text', text: 'I look at the file.' },
      { type: 'tool-call', id: '1', name: 'read_file', args: { path: 'list.js' } },
      { type: 'tool-call', id: '2', name: 'run_command', args: { command: 'npm test' } },
    ],
  },
  {
    role: 'tool',
    parts: [
      {
        type: 'tool-result',
        id: '1',
        name: 'read_file',
        output: '<data 73190a1b2c>\nexport const list = [];\n</data 73190a1b2c>',
      },
      { type: 'tool-result', id: '2', name: 'run_command', output: 'exit 1', isError: true },
    ],
  },
  { role: 'assistant', parts: [{ type: 'tool-call', id: '3', name: 'finish_task', args: 'not JSON' }] },
];

describe('a transcript', () => {
  it('has each result at the call that it came of, and no mark that only models read', () => {
    assert.deepEqual(entriesOf(messages), [
      { by: 'others', parts: [{ kind: 'text', text: 'Mend the list.' }] },
      {
        by: 'agent',
        parts: [
          { kind: 'thought', text: 'Where is it?' },
          { kind: 'text', text: 'I look at the file.' },
          { kind: 'call', tool: 'read_file', args: '{"path":"list.js"}', result: 'export const list = [];' },
          { kind: 'call', tool: 'run_command', args: '{"command":"npm test"}', result: 'exit 1', failed: true },
        ],
      },
      { by: 'agent', parts: [{ kind: 'call', tool: 'finish_task', args: 'not JSON' }] },
    ]);
  });

  it('keeps what only looks like a mark', () => {
    assert.equal(
      withoutMarks('a <data 12ab> in the middle\n<data of mine>'),
      'a <data 12ab> in the middle\n<data of mine>',
    );
  });

  it('is searched through, with what is folded', () => {
    const entries = entriesOf(messages);
    const texts = (wanted: string) => found(entries, wanted).map(({ parts }) => parts.length);
    assert.deepEqual(texts('LIST'), [1, 1]);
    assert.deepEqual(texts('exit 1'), [1]);
    assert.deepEqual(texts('nowhere'), []);
    assert.equal(found(entries, '').length, 3);
  });
});
