import assert from 'node:assert/strict';
import { TOOL_NAMES } from '../../../src/core/agent/tools/toolset.ts';
import { AgentWorld, type WorldOptions } from '../../support/agent-world.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'Done.' }));

async function tried(files: Record<string, string | Uint8Array>, ...replies: Reply[]): Promise<AgentWorld> {
  const world = new AgentWorld([...replies, finish], { files });
  await world.run();
  return world;
}

describe('tools', () => {
  it('are described as JSON Schema objects, without what would only cost tokens', async () => {
    const world = await tried({});
    const tools = world.router.requests[0]?.tools ?? [];
    assert.ok(tools.length > 8);
    for (const tool of tools) {
      assert.equal(tool.parameters.type, 'object');
      assert.doesNotMatch(JSON.stringify(tool.parameters), /"(additionalProperties|minItems|default)":/);
      assert.equal(tool.parameters.$schema, undefined);
      assert.ok(TOOL_NAMES.includes(tool.name));
      assert.ok(tool.description.length > 20);
    }
  });

  it('are the same objects for all agents of a role, not made again', async () => {
    const world = await tried({});
    await world.run({ agent: 'a2' });
    const { agentRunner } = await import('../../../src/core/agent/runner.ts');
    const seen: unknown[] = [];
    const { complete } = world.router;
    world.router.complete = (request, signal) => {
      seen.push(request.tools);
      return complete(request, signal);
    };
    const runner = agentRunner(world.host);
    await Promise.all([runner.start(world.job({ agent: 'a3' })).done, runner.start(world.job({ agent: 'a4' })).done]);
    assert.equal(seen[0], seen[1]);
  });

  it('give only those a role lists, and always those that end the work', async () => {
    const world = new AgentWorld([calls(call('run_command', { command: 'ls' })), finish]);
    await world.run({ role: { ...world.job().role, tools: ['read_file'] } });
    assert.deepEqual(
      world.router.requests[0]?.tools.map(tool => tool.name),
      ['read_file', 'finish_task', 'report_blocker'],
    );
    assert.equal(world.outcomes()[0], 'run_command: not-allowed');
  });

  it('read a range of lines and say where to read on', async () => {
    const text = Array.from({ length: 3000 }, (_, index) => `line ${index + 1}`).join('\n');
    const world = await tried(
      { 'a.txt': text },
      calls(call('read_file', { path: 'a.txt' })),
      calls(call('read_file', { path: 'a.txt', from: 2999 })),
      calls(call('read_file', { path: 'a.txt', from: 4000 })),
    );
    assert.match(world.told(1), /^a\.txt: lines 1 to 2000 of 3000\. Read on with from: 2001\./);
    assert.match(world.told(2), /lines 2999 to 3000 of 3000\.\n<data \w+>\n2999\tline 2999\n3000\tline 3000\n<\/data/);
    assert.match(world.told(3), /has only 3000 lines/);
  });

  it('refuse to show binary and missing files, and name files that may have been meant', async () => {
    const world = await tried(
      { 'logo.png': new Uint8Array([1, 0, 2]), 'src/deep/util.ts': 'x' },
      calls(call('read_file', { path: 'logo.png' }), call('read_file', { path: 'util.ts' })),
    );
    assert.deepEqual(world.outcomes().slice(0, 2), ['read_file: binary', 'read_file: not-found']);
    assert.match(world.told(1), /Files of that name:\n<data \w+>\nsrc\/deep\/util\.ts\n/);
  });

  it('show text without byte order mark and with plain line ends, and edit it so', async () => {
    const world = await tried(
      { 'src/a.ts': '\uFEFFone\r\ntwo\r\n' },
      calls(call('read_file', { path: 'src/a.ts' })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: 'one\ntwo', new: 'three' }] })),
    );
    assert.match(world.told(1), />\n1\tone\n2\ttwo\n</);
    assert.equal(world.outcomes()[1], 'edit_file: ok');
  });

  it('make all edits of a call or none, and show what stands there instead', async () => {
    const world = await tried(
      { 'src/a.ts': 'function a() {\n    return 1;\n}\nconst x = 1;\nconst y = 1;\n' },
      calls(call('read_file', { path: 'src/a.ts' })),
      calls(
        call('edit_file', {
          path: 'src/a.ts',
          edits: [
            { old: 'const x', new: 'const z' },
            { old: 'function a() {\n  return 1;\n  }', new: '' },
          ],
        }),
      ),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: '= 1', new: '= 2' }] })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: 'class B {}', new: '' }] })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: '= 1', new: '= 2', all: true }] })),
    );
    assert.deepEqual(world.outcomes().slice(1, 5), [
      'edit_file: no-match',
      'edit_file: ambiguous-match',
      'edit_file: no-match',
      'edit_file: ok',
    ]);
    assert.match(world.told(2), /Edit 2 of 2: .*differ from it only in white space[\s\S]*\n {4}return 1;/);
    assert.match(world.told(3), /occurs 2 times \(lines 4, 5\)/);
    assert.match(world.told(4), /Nothing in the file resembles it/);
    assert.match(world.files.text('src/a.ts') ?? '', /const x = 2;\nconst y = 2;/);
  });

  it('say of an edit what was forgiven, and of one that is there already that it is', async () => {
    const world = await tried(
      { 'src/a.ts': 'function a() {\n\treturn 1;\n}\n' },
      calls(call('read_file', { path: 'src/a.ts' })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: '    return 1;', new: '    return 2;' }] })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: '    return 1;', new: '    return 2;' }] })),
    );
    assert.equal(world.files.text('src/a.ts'), 'function a() {\n\treturn 2;\n}\n');
    assert.match(
      world.told(2),
      /Changed src\/a\.ts in 1 place\. The edit was made at line 2, though "old" differs .* indentation\./,
    );
    assert.match(world.told(3), /"src\/a\.ts" was not changed\. The edit is there already \(line 2\)/);
    assert.equal(world.journal.of('write-intent').length, 1);
  });

  it('take replacement text as it is, dollar signs included', async () => {
    const world = await tried(
      { 'src/a.ts': 'a' },
      calls(call('read_file', { path: 'src/a.ts' })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: 'a', new: "$& $1 $' $$" }] })),
    );
    assert.equal(world.files.text('src/a.ts'), "$& $1 $' $$");
  });

  it('read from the end of a file, and refuse what is too large without reading it', async () => {
    const world = await tried(
      { 'a.txt': 'one\ntwo\nthree\n', 'huge.log': 'x' },
      calls(call('read_file', { path: 'a.txt', from: -2 })),
      calls(call('read_file', { path: 'a.txt', from: -20 })),
    );
    assert.match(world.told(1), /lines 2 to 3 of 3\.\n<data \w+>\n2\ttwo\n3\tthree\n</);
    assert.match(world.told(2), /lines 1 to 3 of 3\./);
    const large = new AgentWorld([calls(call('read_file', { path: 'huge.log' })), finish], {
      files: { 'huge.log': 'x' },
    });
    large.files.sizeOf = async () => 3_000_000_000;
    large.files.read = async () => assert.fail('it was read');
    await large.run();
    assert.deepEqual(large.outcomes()[0], 'read_file: too-large');
  });

  it('show a page that fits the model’s window, and say where the next begins', async () => {
    const text = Array.from({ length: 900 }, (_, index) => `line ${index + 1}`).join('\n');
    const pages: number[] = [];
    for (const contextTokens of [8000, 16_000, 200_000]) {
      const world = new AgentWorld([calls(call('read_file', { path: 'a.txt' })), finish], {
        files: { 'a.txt': text },
        contextTokens,
      });
      await world.run();
      const to = Number(/lines 1 to (\d+) of 900/.exec(world.told(1))?.[1]);
      pages.push(to);
      if (to < 900) assert.match(world.told(1), new RegExp(`Read on with from: ${to + 1}\\.`));
    }
    const [small = 0, middle = 0, large = 0] = pages;
    assert.ok(small < middle && middle < large && large === 900, pages.join());
  });

  it('edit by lines copied with their numbers, and write a whole file that was copied so', async () => {
    const world = await tried(
      { 'src/a.ts': 'const a = 1;\nconst b = 2;\n', 'src/ids.tsv': '1\tada\n2\tbob\n' },
      calls(call('read_file', { path: 'src/a.ts' }), call('read_file', { path: 'src/ids.tsv' })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: '2\tconst b = 2;', new: '2\tconst b = 3;' }] })),
      calls(call('write_file', { path: 'src/a.ts', content: '1\tconst a = 1;\n2\tconst c = 3;\n' })),
      calls(call('write_file', { path: 'src/ids.tsv', content: '1\teve\n2\tbob\n' })),
    );
    assert.match(world.told(2), /line numbers/);
    assert.match(world.told(3), /line numbers in front of its lines were taken off/);
    assert.equal(world.files.text('src/a.ts'), 'const a = 1;\nconst c = 3;\n');
    assert.equal(world.files.text('src/ids.tsv'), '1\teve\n2\tbob\n');
  });

  it('list many files as a tree with counts, and few one by one', async () => {
    const files: Record<string, string> = { 'README.md': '#' };
    for (let at = 0; at < 120; at++) files[`src/core/f${at}.ts`] = 'x';
    for (let at = 0; at < 60; at++) files[`docs/deep/only/f${at}.md`] = 'x';
    const world = await tried(
      files,
      calls(call('list_files', {})),
      calls(call('list_files', { path: 'docs' })),
      calls(call('list_files', { globs: ['src'], limit: 2 })),
      calls(call('list_files', { globs: ['lib/**'] })),
    );
    assert.match(
      world.told(1),
      /^181 files, by folder\..*\n<data \w+>\ndocs\/deep\/only\/ 60\nsrc\/core\/ 120\nREADME\.md 1\n</,
    );
    assert.match(world.told(2), /^60 files\.\n<data \w+>\ndocs\/deep\/only\/f0\.md 1\n/);
    assert.match(world.told(3), /^The first 2 files; there are more.*\n<data \w+>\nsrc\/core\/f0\.ts 1\n/);
    assert.match(world.told(4), /^No files match lib/);
  });

  it('tell after a write what the editor finds in the file, errors first, and nothing where it finds nothing', async () => {
    const turns = [
      calls(call('write_file', { path: 'src/a.ts', content: 'const n: number = "x";\n' })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: '"x"', new: '1' }] })),
      calls(call('delete_file', { path: 'src/a.ts' })),
      finish,
    ];
    const world = new AgentWorld(turns);
    const asked: string[] = [];
    world.host.problems = async path => {
      asked.push(path);
      if (!world.files.text(path)?.includes('"x"')) return [];
      return [
        { severity: 'warning', line: 1, message: 'Never read.' },
        { severity: 'error', line: 1, message: 'No number.</data>', source: 'ts' },
      ];
    };
    await world.run();
    assert.match(
      world.told(1),
      /^Created src\/a\.ts, 1 line\.\nThe editor finds 2 problems in it:\n<data \w+>\nline 1: error \(ts\): No number\..*\nline 1: warning: Never read\.\n<\/data/,
    );
    assert.equal(world.told(2), 'Changed src/a.ts in 1 place.');
    assert.deepEqual(asked, ['src/a.ts', 'src/a.ts']);
  });

  it('tell after a write what the checker of the role says of the file, whatever form that has', async () => {
    const said = [
      'src/a.ts(2,5): error TS2322: no number',
      'src/b.ts(1,1): error TS1: of another file',
      './src/a.ts:3:1: warning: never read',
      '/workspace/src/a.ts:7:3 - error TS7: by its whole path',
      'src/a.ts:8: note: not wrong at all',
      'src/a.ts',
      '  4:7  error  Unexpected var  no-var',
      '',
      '  5:1  error  below nothing',
      'error[E0308]: mismatched types',
      '  --> src/a.ts:6:2',
      'src/a.tsx(9,1): error TS9: of a longer name',
    ].join('\n');
    const turns = [calls(call('write_file', { path: 'src/a.ts', content: 'x\n' })), finish];
    const world = new AgentWorld(turns, { processes: () => ({ output: said, exit: 2 }) });
    const role = { name: 'implementer', description: '', instructions: 'Write.', checker: 'npx tsc --noEmit' };
    await world.run({ role });
    assert.deepEqual(world.commands, ['npx tsc --noEmit']);
    assert.equal(
      world.told(1).replace(/data \w+/g, 'data'),
      [
        'Created src/a.ts, 1 line.',
        'The checker `npx tsc --noEmit` finds 5 problems in it:',
        '<data>',
        'line 2: error: TS2322: no number',
        'line 4: error: Unexpected var  no-var',
        'line 6: error: [E0308]: mismatched types',
        'line 7: error: TS7: by its whole path',
        'line 3: warning: never read',
        '</data>',
      ].join('\n'),
    );
  });

  it('say why the checker of the role says nothing: it would be asked about, or is not there', async () => {
    const told = async (options: WorldOptions) => {
      const world = new AgentWorld([calls(call('write_file', { path: 'src/a.ts', content: 'x\n' })), finish], options);
      const role = { name: 'implementer', description: '', instructions: 'Write.', checker: 'make check' };
      await world.run({ role });
      return [world.told(1), world.commands.length];
    };
    const asks = await told({ judge: () => ({ verdict: 'ask', rule: 'unknown', advice: '' }) });
    assert.deepEqual(asks, [
      'Created src/a.ts, 1 line.\nThe checker `make check` says nothing of it: it would need permission (rule "unknown"); run it with run_command when you are done.',
      0,
    ]);
    const [missing] = await told({ processes: () => ({ output: 'make: not found', exit: 127 }) });
    assert.match(String(missing), /says nothing of it: it could not be started: make: not found\.$/);
  });

  it('search as it was meant where it was not written so, and say so', async () => {
    const world = await tried(
      { 'src/a.ts': 'call(x)\nfoo|bar\nalpha\nbeta\ngamma.delta\n' },
      calls(call('search', { pattern: 'call(x' })),
      calls(call('search', { pattern: 'call(x)' })),
      calls(call('search', { pattern: 'alpha\\|beta' })),
      calls(call('search', { pattern: '(?<!no)gamma\\\\.delta' })),
      calls(call('search', { pattern: 'alp(?=ha)' })),
      calls(call('search', { pattern: 'zeta', globs: ['lib/**'] })),
      calls(call('search', { pattern: 'beta', context: 1 })),
      calls(call('search', { pattern: 'a', filesOnly: true })),
    );
    assert.match(world.told(1), /^It is no regular expression \(.*\); as plain text this:\n1 line\./);
    assert.match(world.told(2), /^As a regular expression it matches nothing, as plain text this:/);
    assert.match(world.told(3), /^As written it matches nothing; read as alpha\|beta this:\n2 lines/);
    assert.match(world.told(5), /^Look-around cannot be searched for, so this is what matches alp:\n1 line/);
    assert.match(world.told(6), /^No file matches lib\/\*\*/);
    assert.match(world.told(7), /^1 line\.\n<data \w+>\nsrc\/a\.ts-3- alpha\nsrc\/a\.ts:4: beta\nsrc\/a\.ts-5- gamma/);
    assert.match(world.told(8), /^1 file\.\n<data \w+>\nsrc\/a\.ts\n</);
  });

  it('search by text and expression, and explain an expression that cannot be used', async () => {
    const world = await tried(
      { 'src/a.ts': 'alpha\nbeta' },
      calls(call('search', { pattern: 'alp.a', regex: true })),
      calls(call('search', { pattern: '(', regex: true })),
      calls(call('search', { pattern: 'gamma' })),
    );
    assert.match(world.told(1), /src\/a\.ts:1: alpha/);
    assert.equal(world.outcomes()[1], 'search: bad-arguments');
    assert.match(world.told(3), /No line matches/);
  });

  it('run commands in a folder of the workspace only', async () => {
    const world = await tried(
      { 'web/package.json': '{}' },
      calls(call('run_command', { command: 'ls', cwd: '../elsewhere' })),
      calls(call('run_command', { command: 'ls', cwd: 'web/' })),
    );
    assert.deepEqual(world.outcomes().slice(0, 2), ['run_command: outside-workspace', 'run_command: ok']);
  });

  it('hand artifacts from task to task in versions, and keep them from being replaced by others', async () => {
    const world = new AgentWorld(
      ({ agent }, earlier) =>
        (agent === 'a1'
          ? [
              calls(call('publish_artifact', { name: 'api', content: '{"a":1}', mediaType: 'application/json' })),
              calls(call('publish_artifact', { name: 'api', content: '{"a":1}' })),
              calls(call('publish_artifact', { name: 'api', content: '{"a":', mediaType: 'application/json' })),
              calls(call('publish_artifact', { name: 'api', path: 'src/api.json' })),
              finish,
            ]
          : [
              calls(call('read_artifact')),
              calls(call('read_artifact', { name: 'api', version: 1 })),
              calls(call('read_artifact', { name: 'ui' })),
              calls(call('publish_artifact', { name: 'api', content: 'mine' })),
              finish,
            ])[earlier] ?? finish,
      { files: { 'src/api.json': '{"a":2}' } },
    );
    await world.run();
    const task = { ...world.job().task, id: 'other', publishes: [] } as ReturnType<AgentWorld['job']>['task'];
    await world.run({ agent: 'a2', ...(task && { task }) });
    assert.deepEqual(
      world.journal.of('artifact-published').map(event => [event.version, event.mediaType]),
      [
        [1, 'application/json'],
        [2, 'application/json'],
      ],
    );
    assert.deepEqual(world.outcomes().slice(5, 9), [
      'read_artifact: ok',
      'read_artifact: ok',
      'read_artifact: not-found',
      'publish_artifact: outside-claim',
    ]);
    assert.match(world.told(7), /\{"a":1\}/);
  });

  it('note decisions once, and go on when nobody answers a question', async () => {
    const decide = calls(call('note_decision', { decision: 'Use JSON', rationale: 'Simple.' }));
    const world = await tried({}, decide, decide, calls(call('ask_user', { question: 'Which port?' })));
    assert.equal(world.journal.of('decision-noted').length, 1);
    assert.equal(world.outcomes()[2], 'ask_user: nobody-there');
  });

  it('end the work with a blocker that stands in the journal', async () => {
    const world = new AgentWorld([calls(call('report_blocker', { text: 'The API is missing.' }))]);
    assert.deepEqual(await world.run(), { outcome: 'gave-up', reason: 'blocked', message: 'The API is missing.' });
    assert.equal(world.journal.of('issue-opened')[0]?.text, 'The API is missing.');
  });

  it('let a reviewer find, but neither write nor approve over its own blockers', async () => {
    const world = new AgentWorld(
      [
        calls(call('verdict', { approve: false, text: 'Bad.' })),
        calls(call('add_finding', { severity: 'blocker', text: 'Loses data.', path: 'src/a.ts', line: 3 })),
        calls(call('verdict', { approve: true, text: 'Fine.' })),
        calls(call('write_file', { path: 'src/a.ts', content: 'x' })),
        calls(call('finish_task', { summary: 'x' })),
        calls(call('verdict', { approve: false, text: 'Loses data.' })),
      ],
      { files: { 'src/a.ts': 'x' } },
    );
    const result = await world.run({ kind: 'review' });
    assert.deepEqual(world.outcomes(), [
      'verdict: no-findings',
      'add_finding: ok',
      'verdict: contradiction',
      'write_file: not-allowed',
      'finish_task: not-allowed',
      'verdict: ok',
    ]);
    assert.ok(result.outcome === 'finished');
    assert.deepEqual(result.verdict, { approve: false, text: 'Loses data.' });
    assert.equal(world.journal.of('finding-added')[0]?.line, 3);
    assert.equal(world.journal.of('verdict')[0]?.approve, false);
  });

  it('show a reviewer what the task changed: all of it, one file, or the rest of a long one', async () => {
    const show = (args: object = {}) => calls(call('show_changes', args));
    const long = 'a line that is not short\n'.repeat(4000);
    const worked = await tried(
      { 'src/a.ts': 'one\ntwo\n', 'src/other.ts': 'x' },
      calls(call('read_file', { path: 'src/a.ts' })),
      calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: 'two', new: 'deux' }] })),
      calls(call('write_file', { path: 'src/long.txt', content: long })),
    );
    const world = new AgentWorld(
      [
        show({ path: 'src/a.ts' }),
        show(),
        show({ path: 'src/other.ts' }),
        show({ path: 'src/long.txt', from: 4000 }),
        show({ from: 9000 }),
        calls(call('verdict', { approve: true, text: 'Fine.' })),
      ],
      { workspace: worked.files, journal: worked.journal },
    );
    await world.run({ agent: 'a2', kind: 'review' });
    assert.match(
      world.told(1),
      /^Lines 1 to 6 of 6 of the diff\.\n<data \w+>\n--- a\/src\/a\.ts\n\+\+\+ b\/src\/a\.ts\n/,
    );
    assert.match(world.told(1), /\n one\n-two\n\+deux\n<\/data/);
    assert.match(world.told(2), /^Lines 1 to (\d+) of 4009 of the diff\. Read on with from: \d+\./);
    assert.match(world.told(3), /did not change "src\/other\.ts"\. It changed: src\/a\.ts, src\/long\.txt/);
    assert.match(world.told(4), /^Lines 4000 to 4003 of 4003 of the diff\.\n/);
    assert.match(world.told(5), /has only 4009 lines/);
  });

  it('show long arguments in the journal by their beginning and their hash', async () => {
    const content = 'x'.repeat(5000);
    const world = await tried({}, calls(call('write_file', { path: 'src/a.ts', content })));
    const [intent] = world.journal.of('tool-intent');
    assert.match(JSON.stringify(intent?.args), /5000 characters, sha256 [0-9a-f]{12}/);
    assert.equal(world.files.text('src/a.ts'), content);
  });
});
