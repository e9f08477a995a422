import assert from 'node:assert/strict';
import { planRows } from '../../../src/editor/plan/graph-rows.ts';

const plan = `goal: g
phases: [build]
tasks:
  - id: api
    title: Write the API
    phase: build
    role: backend-specialist
    instructions: Write it.
  - id: page
    title: Write the page
    role: frontend-specialist
    needs: [api]
    instructions: Write it.
`;

describe('the graph beside a plan', () => {
  const rows = (text: string) => planRows(text, ['backend-specialist', 'frontend-specialist']);

  it('shows what the text says at the moment: its tasks, and what each of them waits for', () => {
    assert.deepEqual(
      rows(plan)?.map(({ id, title, needs, status }) => [id, title, needs.map(({ name }) => name), status]),
      [
        ['api', 'Write the API', [], 'pending'],
        ['page', 'Write the page', ['api'], 'pending'],
      ],
    );
    assert.equal(rows(plan.replace('needs: [api]', 'needs: []'))?.[1]?.needs.length, 0);
  });

  it('stays as it was while the text is no plan', () => {
    assert.equal(rows(`${plan}  - id:`), undefined);
    assert.equal(rows('goal: ['), undefined);
  });
});
