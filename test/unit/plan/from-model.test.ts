import assert from 'node:assert/strict';
import { parametersOf } from '../../../src/core/agent/tools/spec.ts';
import { planFromModel } from '../../../src/core/plan/from-model.ts';
import { checkPlan } from '../../../src/core/plan/parse.ts';
import { Plan, taskSchemas } from '../../../src/protocol/plan.ts';

const context = { roles: ['implementer'] };
const work = { id: 'work', title: 'Work', role: 'implementer', instructions: 'Do it.', writes: ['**'] };

describe('a plan as a model fills it in', () => {
  it('is one form with the fields of every kind of task', () => {
    const { properties } = (
      parametersOf(Plan).properties as { tasks: { items: { properties: Record<string, { enum?: string[] }> } } }
    ).tasks.items;
    for (const { shape } of Object.values(taskSchemas))
      for (const field of Object.keys(shape)) assert.ok(properties[field], field);
    assert.deepEqual(properties.kind?.enum, Object.keys(taskSchemas));
  });

  it('is taken where fields of other kinds are empty, and anything is null', () => {
    const checked = checkPlan(
      planFromModel({
        goal: 'It works',
        rationale: null,
        tasks: [
          { ...work, run: '', question: null, review: null, checks: [{ run: 'npm test', exists: null, name: null }] },
          {
            ...{ id: 'try', title: 'Try', kind: 'check', needs: ['work'] },
            ...{ checks: [{ run: 'npm start' }], instructions: '', writes: [], consumes: [], review: {}, role: null },
          },
        ],
      }),
      context,
    );
    assert.ok(checked.ok, JSON.stringify(checked));
  });

  it('is refused by the name of a field of another kind that says something', () => {
    const tasks = [{ id: 'try', title: 'Try', kind: 'check', checks: [{ run: 'x' }], instructions: 'Try it.' }];
    const checked = checkPlan(planFromModel({ goal: 'It works', tasks }), context);
    assert.ok(!checked.ok);
    assert.match(checked.problems.map(({ message }) => message).join(), /instructions/);
  });

  for (const odd of [undefined, null, 'text', 7, [], { tasks: 'none' }, { tasks: [1, null, { kind: 'unheard' }] }])
    it(`is looked at whatever it is: ${JSON.stringify(odd)}`, () => {
      assert.ok(!checkPlan(planFromModel(odd), context).ok);
    });
});
