import assert from 'node:assert/strict';
import { askedBecause } from '../../../src/core/session/asked-because.ts';
import { actsRule, domainRule } from '../../../src/core/session/fold/consents.ts';
import { PLAN_RULE } from '../../../src/core/session/plan-ask.ts';

const asked = { type: 'permission-asked', ask: 'ask-1', agent: 'w-1', what: 'x' } as const;

describe('Why a person is asked', () => {
  it('is a sentence, and never the id of a rule', () => {
    const requests = [
      { kind: 'command', rule: 'unknown-command' },
      { kind: 'path', rule: actsRule },
      { kind: 'path', rule: 'claude: outside-workspace' },
      { kind: 'path', rule: 'claude: edit' },
      { kind: 'tool', rule: domainRule('registry.npmjs.org') },
      { kind: 'tool', rule: 'github/create_issue' },
      { kind: 'plan', rule: PLAN_RULE },
      { kind: 'plan', rule: 'approval release' },
      { kind: 'plan', rule: 'deploy production' },
      { kind: 'budget', rule: 'session' },
    ] as const;
    for (const request of requests) {
      const said = askedBecause({ ...asked, ...request });
      assert.match(said, /^[A-Z].*[^.]\.$/);
      assert.ok(!said.includes(request.rule), said);
    }
  });

  it('is what the policy says of the command, where it says something', () => {
    const because = 'It is not known what this script does.';
    assert.equal(askedBecause({ ...asked, kind: 'command', rule: 'unknown-script', because }), because);
  });
});
