import assert from 'node:assert/strict';
import { parseCommandLine } from '../../../src/terminal/arguments.ts';
import { commands } from '../../../src/terminal/command-table.ts';
import { commandHelp, overview } from '../../../src/terminal/help.ts';
import { styleFor } from '../../../src/terminal/style.ts';

const plain = styleFor({}, {});

describe('the command line', () => {
  it('gives words and options of a command', () => {
    assert.deepEqual(parseCommandLine(['run', 'Build it', '--budget', '2', '-y', '--workspace=/w']), {
      kind: 'command',
      name: 'run',
      words: ['Build it'],
      options: { budget: '2', yes: true, workspace: '/w' },
    });
  });

  it('takes options before words and words that look like options after "--"', () => {
    const parsed = parseCommandLine(['queue', '--priority', 'high', 'add', '--', '--dark theme']);
    assert.deepEqual(parsed, {
      kind: 'command',
      name: 'queue',
      words: ['add', '--dark theme'],
      options: { priority: 'high' },
    });
  });

  for (const [argv, wanted] of [
    [['stauts'], /no command "stauts"; did you mean "status"/],
    [['run', '--budgt', '1'], /"--budgt" is not an option of "run"; did you mean "--budget"/],
    [['run', '--budget'], /"--budget" needs a value: --budget USD/],
    [['run', '--budget', '--yes'], /"--budget" needs a value/],
    [['run', '--yes=no'], /"--yes" takes no value/],
    [['help', 'lst'], /did you mean "list"/],
  ] as const) {
    it(`says what is wrong with "${argv.join(' ')}"`, () => {
      const parsed = parseCommandLine(argv);
      assert.equal(parsed.kind, 'wrong');
      assert.match(parsed.kind === 'wrong' ? parsed.message : '', wanted);
    });
  }

  it('asks for help in every usual way', () => {
    for (const argv of [[], ['--help'], ['-h'], ['help']]) assert.deepEqual(parseCommandLine(argv), { kind: 'help' });
    for (const argv of [
      ['run', '--help'],
      ['run', '-h'],
      ['help', 'run'],
    ]) {
      assert.deepEqual(parseCommandLine(argv), { kind: 'help', name: 'run' });
    }
    assert.deepEqual(parseCommandLine(['--version']), { kind: 'version' });
  });

  it('lists every command in the overview and explains every option of each', () => {
    const text = overview(plain, '1.2.3');
    for (const [name, spec] of Object.entries(commands)) {
      assert.match(text, new RegExp(`^ {2}${name} `, 'm'));
      const help = commandHelp(name as keyof typeof commands, plain);
      for (const option of Object.keys('options' in spec ? spec.options : {})) assert.ok(help.includes(`--${option}`));
    }
  });
});
