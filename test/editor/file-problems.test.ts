import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { withoutSeal } from '../../src/core/session/seal.ts';
import { findEditorsRipgrep } from '../../src/node/ripgrep.ts';
import { Plan } from '../../src/protocol/plan.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { type ScriptedTeam, scriptedTeam } from '../support/scripted-team.ts';
import { until } from '../support/until.ts';

const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
const plan = Plan.parse({
  goal: 'Write a number',
  tasks: [{ id: 'write', title: 'Write', role: 'implementer', instructions: 'Write it.', writes: ['problems/**'] }],
});

const eventsOf = async (session: string): Promise<{ type: string; ms: number }[]> => {
  const journal = vscode.Uri.joinPath(folder(), '.orchestrate', 'sessions', session, 'events.jsonl');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(journal));
  return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(withoutSeal(line))]));
};

/** What the model was told of each of its calls. */
const told = (request: CanonicalRequest | undefined) =>
  (request?.messages ?? []).flatMap(message => (message.role === 'tool' ? message.parts : [])).map(part => part.output);

describe('problems after a write, in a real editor', () => {
  let team: ScriptedTeam;
  const asked: CanonicalRequest[] = [];
  let script: ScriptedAnswer[] = [];

  before(async () => {
    team = await scriptedTeam(request => {
      // A model that is new here is first tried on something else.
      if (!request.tools.some(({ name }) => name === 'write_file')) return { text: 'Fine.' };
      asked.push(request);
      return script.shift() ?? { text: 'Nothing more.' };
    });
  });
  after(async () => {
    await team.close();
    for (const path of ['.orchestrate', 'problems'])
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), path), { recursive: true });
  });

  it('are told in the answer to the edit that made them, and not once they are mended', async function () {
    this.timeout(90_000);
    asked.length = 0;
    script = [
      {
        toolCalls: [
          { name: 'write_file', args: { path: 'problems/n.ts', content: "export const n: number = 'text';\n" } },
        ],
      },
      {
        toolCalls: [{ name: 'edit_file', args: { path: 'problems/n.ts', edits: [{ old: "'text'", new: '42' }] } }],
      },
      { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] },
    ];
    const started = await team.controller.startSession({ kind: 'new', goal: plan.goal, plan });
    assert.ok(started.ok, JSON.stringify(started));
    const session = team.controller.find(started.session.id);
    assert.ok(session);
    await until(() => asked.length >= 3);
    await until(() => session.state.outcome !== undefined);
    await until(() => session.place === 'nowhere');
    const [first = '', second = ''] = told(asked[2]);
    assert.match(
      first,
      /^Created problems\/n\.ts, 1 line\.\nThe editor finds 1 problem in it:\n<data \w+>\nline 1: error \(ts\): Type 'string' is not assignable to type 'number'\.\n/,
    );
    assert.match(second, /^Changed problems\/n\.ts in 1 place\.$/);
  });

  it('keep nobody waiting in a language that no extension knows more of than its colours', async function () {
    this.timeout(90_000);
    assert.ok(await findEditorsRipgrep(vscode.env.appRoot), 'the editor’s own ripgrep is found');
    asked.length = 0;
    script = [
      { toolCalls: [{ name: 'write_file', args: { path: 'problems/n.lua', content: 'local needle = 1\n' } }] },
      { toolCalls: [{ name: 'search', args: { pattern: 'needle', globs: ['problems/**'] } }] },
      { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] },
    ];
    const started = await team.controller.startSession({ kind: 'new', goal: plan.goal, plan });
    assert.ok(started.ok, JSON.stringify(started));
    const session = team.controller.find(started.session.id);
    assert.ok(session);
    const took: number[] = [];
    await until(() => session.state.outcome !== undefined);
    await until(() => session.place === 'nowhere');
    for (const { type, ms } of await eventsOf(session.id)) if (type === 'tool-outcome') took.push(ms);
    assert.ok((took[0] ?? 0) < 8000, `the write took ${took[0]} ms`);
    assert.match(told(asked[2])[1] ?? '', /problems\/n\.lua:1: local needle = 1/);
  });
});
