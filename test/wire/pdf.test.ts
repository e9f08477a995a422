import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanonicalRequest } from '../../src/rehearsal/wire/types.ts';
import { pdfOf } from '../support/pdf.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

describe('A PDF in the workspace', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  it('is read by the planner and by an agent, in the program as people run it', async () => {
    const asked: CanonicalRequest[] = [];
    const read = { toolCalls: [{ name: 'read_file', args: { path: 'spec.pdf', from: 2 } }] };
    const task = { id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['a.txt'] };
    const lab = await terminalLab(temp.path, request => {
      asked.push(request);
      if (!request.messages.some(({ role }) => role === 'assistant')) return read;
      return request.tools.some(({ name }) => name === 'propose_plan')
        ? { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [task] } }] }
        : { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
    });
    await writeFile(join(lab.workspace, 'spec.pdf'), pdfOf({ pages: ['Cover', 'Buttons are blue.'] }));
    const child = lab.run(process.execPath, [program, 'run', 'Do it', '--yes', '--json']);
    child.stdout.resume();
    assert.equal(await codeOf(child), 0);
    const told = asked.map(({ messages }) => messages.at(-1)).filter(message => message?.role === 'tool');
    assert.equal(told.length, 2);
    for (const message of told)
      assert.match(
        JSON.stringify(message),
        /spec\.pdf: a PDF, the text of pages 2 to 2 of 2\.[\s\S]*Buttons are blue\./,
      );
  });
});
