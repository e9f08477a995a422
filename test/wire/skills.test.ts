import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CanonicalRequest } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const plan = {
  goal: 'Release it',
  tasks: [
    { id: 'release', title: 'Release', role: 'implementer', instructions: 'Release it.', writes: ['CHANGES.md'] },
  ],
};
const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const use = (args: object) => ({ toolCalls: [{ name: 'use_skill', args }] });

describe('Skills in the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  it('of the project and of the user are told to agents and read when they use one', async () => {
    const asked: CanonicalRequest[] = [];
    const turns = [use({ name: 'release' }), use({ name: 'tone', file: 'words.md' }), finish];
    const home = join(temp.path, 'person');
    const { workspace, run } = await terminalLab(
      temp.path,
      request => {
        asked.push(request);
        return turns[request.messages.filter(({ role }) => role === 'assistant').length] ?? finish;
      },
      { home },
    );
    const files = {
      [join(workspace, '.claude/skills/release/SKILL.md')]:
        '---\nname: release\ndescription: How this project is released.\n---\nTag it, then run publish.sh.\n',
      [join(workspace, '.claude/skills/release/publish.sh')]: 'echo published\n',
      [join(workspace, '.agents/skills/broken/SKILL.md')]: 'No header.\n',
      [join(home, '.claude/skills/tone/SKILL.md')]: '---\nname: tone\ndescription: How I write.\n---\nBriefly.\n',
      [join(home, '.claude/skills/tone/words.md')]: 'Never say "leverage".\n',
      [join(workspace, 'plan.yaml')]: JSON.stringify(plan),
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    const child = run(process.execPath, [program, 'run', '--workflow', 'plan.yaml', '--yes']);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    assert.equal(await codeOf(child), 0, said);
    const [first, second, third] = asked.map(request => JSON.stringify(request));
    assert.match(first ?? '', /- tone: How I write\.\\n- release: How this project is released\./);
    assert.doesNotMatch(first ?? '', /then run publish\.sh|leverage/);
    assert.match(second ?? '', /Tag it, then run publish\.sh\./);
    assert.match(second ?? '', /below \.claude\/skills\/release; read them with read_file\): publish\.sh/);
    assert.match(third ?? '', /Never say/);
  });
});
