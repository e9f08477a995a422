import assert from 'node:assert/strict';
import type { Ask } from '../../../src/core/session/state.ts';
import { answerOf } from '../../../src/terminal/asks.ts';
import { howToAnswer, questionText } from '../../../src/terminal/question.ts';
import { styleFor } from '../../../src/terminal/style.ts';

const ask = (prefix?: string) =>
  ({
    ask: 'ask-1',
    agent: 'w-1',
    at: 0,
    request: {
      type: 'permission-asked',
      ask: 'ask-1',
      agent: 'w-1',
      kind: 'command',
      what: 'npm run deploy',
      rule: 'unknown-script',
      ...(prefix !== undefined && { prefix }),
    },
  }) as Ask;

describe('A question about a command whose beginning can be allowed', () => {
  it('shows the beginning, and takes b for it', () => {
    const offering = ask('npm run *');
    assert.match(
      questionText(offering, 1, styleFor({}, {})).join('\n'),
      /b allows for always, in this workspace: npm run \*/,
    );
    assert.match(howToAnswer(offering), /\[b\] always what begins so/);
    assert.deepEqual(answerOf(offering, 'b'), {
      kind: 'answer',
      ask: 'ask-1',
      decision: 'allow',
      scope: 'always',
      prefix: true,
    });
    assert.deepEqual(answerOf(offering, 'a'), { kind: 'answer', ask: 'ask-1', decision: 'allow', scope: 'always' });
  });

  it('has no such answer where there is none to be seen', () => {
    assert.doesNotMatch(howToAnswer(ask()), /\[b\]/);
    assert.equal(answerOf(ask(), 'b'), undefined);
  });
});
