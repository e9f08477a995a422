import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Message, ToolResultPart } from '../../src/protocol/message.ts';
import type { Plan } from '../../src/protocol/plan.ts';
import type { CanonicalRequest, ScriptedAnswer, ScriptedCall } from '../../src/rehearsal/wire/types.ts';

/** What each task builds on, whether its first try fails its check or its review, and whether it is reviewed. */
const PARTS = {
  cart: { on: [], review: true, flaw: 'review' },
  price: { on: [], review: true, flaw: undefined },
  stock: { on: [], review: true, flaw: undefined },
  order: { on: ['cart', 'price'], review: false, flaw: 'check' },
  report: { on: ['stock', 'order'], review: false, flaw: 'check' },
} as const;

type Part = keyof typeof PARTS;
const names = Object.keys(PARTS) as Part[];

const source = (part: string) =>
  `// ${part}: one part of the shop. See README.md for how the parts meet.\n${Array.from(
    { length: 40 },
    (_, n) =>
      `\nexport function ${part}Step${n}(items) {\n  const kept = items.filter(item => item.amount > ${n});\n  return kept.map(item => ({ ...item, step: ${n}, part: '${part}' }));\n}\n`,
  ).join('')}\n// here: ${part}Total\n`;

const testOf = (part: string) =>
  `import assert from 'node:assert/strict';\nimport * as it from '../src/${part}.js';\n\n${Array.from(
    { length: 20 },
    (_, n) =>
      `assert.deepEqual(it.${part}Step${n}([{ amount: ${n + 1} }]), [{ amount: ${n + 1}, step: ${n}, part: '${part}' }]);\nconsole.log('ok ${n + 1} - ${part}Step${n} keeps what is more than ${n}');\n`,
  ).join('')}// here: test of ${part}Total\n`;

const README = `# Shop\n\n${'Parts of the shop are plain modules in src, each with a test in test that is run by node itself. '.repeat(12)}\n`;
const INDEX = names.map(part => `export * as ${part} from './${part}.js';\n`).join('');
/** Fails until the total of a part says what it adds up. */
const CHECK = `import { readFileSync } from 'node:fs';\nconst part = process.argv[2];\nconst text = readFileSync('src/' + part + '.js', 'utf8');\nif (!text.includes('@returns')) {\n  console.error('src/' + part + '.js: ' + part + 'Total does not say what it returns.');\n  process.exit(1);\n}\nconsole.log('src/' + part + '.js is in order');\n`;

export const CONTRACT = JSON.stringify(
  {
    $id: 'shop-lines',
    type: 'object',
    properties: Object.fromEntries(
      names.map(part => [
        `${part}Total`,
        {
          type: 'object',
          description: `What ${part}Total returns: a sum and how many lines it is made of.`,
          properties: { sum: { type: 'number' }, lines: { type: 'integer' } },
          required: ['sum', 'lines'],
        },
      ]),
    ),
  },
  null,
  1,
);

/** Six tasks: a contract, and five parts that keep to it. */
export const sixTasks = (): Record<string, unknown> & Pick<Plan, 'goal'> => ({
  goal: 'Give every part of the shop a total',
  rationale: 'Cart, price and stock are built side by side once the contract is there; order and report join them.',
  tasks: [
    {
      id: 'contract',
      title: 'What a total is',
      role: 'implementer',
      instructions:
        'Publish the artifact shop-lines, a JSON Schema of what the totals of the parts return, and keep it in docs/totals.json.',
      writes: ['docs/**'],
      publishes: ['shop-lines'],
      checks: [{ exists: ['docs/totals.json'] }],
    },
    ...names.map(part => ({
      id: part,
      title: `The total of ${part}`,
      role: 'implementer',
      instructions: `Add the function ${part}Total to src/${part}.js, as the artifact shop-lines has it${PARTS[part].on.length > 0 ? `, on top of ${PARTS[part].on.map(other => `${other}Total`).join(' and ')}` : ''}. Test it in test/${part}.test.js.`,
      writes: [`src/${part}.js`, `test/${part}.test.js`],
      consumes: ['shop-lines'],
      needs: ['contract', ...PARTS[part].on],
      checks: [{ run: `node check.js ${part}` }, { run: `node test/${part}.test.js` }],
      ...(PARTS[part].review && { review: {} }),
    })),
  ],
});

export async function writeShop(folder: string): Promise<void> {
  const files: Record<string, string> = {
    'README.md': README,
    'package.json': JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test test' } }),
    'check.js': CHECK,
    'src/index.js': INDEX,
  };
  for (const part of names) {
    files[`src/${part}.js`] = source(part);
    files[`test/${part}.test.js`] = testOf(part);
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const total = (part: Part, described: boolean) =>
  `${described ? `/**\n * Adds up the amounts of ${part}, as the contract shop-lines has it.\n * @returns the sum and the number of lines\n */\n` : ''}export function ${part}Total(items) {\n  const lines = ${part}Step0(items);\n  let sum = 0;\n  for (const { amount } of lines) {\n    if (!Number.isFinite(amount)) throw new TypeError('an amount has to be a number');\n    sum += amount;\n  }\n  return { sum, lines: lines.length };\n}\n`;

const testLines = (part: Part) =>
  `assert.deepEqual(it.${part}Total([{ amount: 2 }, { amount: 3 }]), { sum: 5, lines: 2 });\nassert.deepEqual(it.${part}Total([]), { sum: 0, lines: 0 });\nassert.throws(() => it.${part}Total([{ amount: Infinity }]), TypeError);\nconsole.log('ok 21 - ${part}Total');\n`;

interface Seen {
  calls: ScriptedCall[];
  results: (ToolResultPart & { about: ScriptedCall })[];
  /** All that it was told, in order. */
  text: string;
}

function seenIn(messages: readonly Message[]): Seen {
  const calls: (ScriptedCall & { id: string })[] = [];
  const results: Seen['results'] = [];
  let text = '';
  for (const { parts } of messages)
    for (const part of parts) {
      if (part.type === 'text') text += `${part.text}\n`;
      if (part.type === 'tool-call') calls.push({ id: part.id, name: part.name, args: part.args });
      if (part.type === 'tool-result') {
        const about = calls.findLast(call => call.id === part.id);
        if (about) results.push({ ...part, about });
        text += `${part.output}\n`;
      }
    }
  return { calls, results, text };
}

const arg = (call: ScriptedCall, name: string) => (call.args as Record<string, unknown> | undefined)?.[name];

/** Whether the content of a file is before its eyes: read, or shown as a difference. */
const knows = (seen: Seen, path: string, temper: Temper) =>
  seen.results.some(({ about, isError }) => !isError && about.name === 'read_file' && arg(about, 'path') === path) ||
  (temper !== 'thorough' && seen.text.includes(`+++ b/${path}`));

const says = (text: string, ...toolCalls: ScriptedCall[]): ScriptedAnswer => ({ text, toolCalls });
const read = (path: string): ScriptedCall => ({ name: 'read_file', args: { path } });

/** What it has to see before it believes how the work looks that it builds on or reviews: words, a difference, or the file. */
export type Temper = 'trusting' | 'wary' | 'thorough';

/**
 * A model of ordinary habits, the same for all versions of Orchestrate: it reads what it has to know and has not before
 * its eyes, writes, tests and ends; what is not accepted it mends, and again reads only what it does not know.
 */
export const sixTasksModel =
  (temper: Temper) =>
  (request: CanonicalRequest): ScriptedAnswer =>
    answer(request, temper);

function answer({ system, messages }: CanonicalRequest, temper: Temper): ScriptedAnswer {
  const seen = seenIn(messages);
  const prompt = seenIn(messages.slice(0, 1)).text;
  const task = /^Task (\S+): /m.exec(prompt)?.[1] as Part | 'contract' | undefined;
  if (task === undefined) return says('I do not know what to do.');
  const missing = (paths: readonly string[]) => paths.filter(path => !knows(seen, path, temper)).map(read);
  if (/^Your part: review$/m.test(system)) return reviews(task as Part, seen, missing);
  if (task === 'contract') {
    const done = seen.results.length;
    const path = 'docs/totals.json';
    if (done === 0) return says('I look at how the parts meet.', read('README.md'), read('src/index.js'));
    if (done === 2)
      return says(
        'The contract is one schema for all parts.',
        { name: 'write_file', args: { path, content: CONTRACT } },
        { name: 'publish_artifact', args: { name: 'shop-lines', mediaType: 'application/json', content: CONTRACT } },
      );
    return says('Both are there.', {
      name: 'finish_task',
      args: { summary: 'Published shop-lines: each total returns { sum, lines }. It is kept in docs/totals.json.' },
    });
  }
  return builds(task, seen, missing, temper);
}

function reviews(part: Part, seen: Seen, missing: (paths: readonly string[]) => ScriptedCall[]): ScriptedAnswer {
  const unread = missing([`src/${part}.js`, `test/${part}.test.js`, 'src/index.js']);
  if (unread.length > 0) return says('I look at what was written, and at who calls it.', ...unread);
  if (!seen.calls.some(call => call.name === 'run_command'))
    return says('Now I see whether it works.', { name: 'run_command', args: { command: `node test/${part}.test.js` } });
  const mended = seen.text.includes('an amount below nothing');
  if (PARTS[part].flaw === 'review' && !mended)
    return says(
      'One thing is wrong.',
      {
        name: 'add_finding',
        args: {
          severity: 'blocker',
          path: `src/${part}.js`,
          text: `${part}Total adds up an amount below nothing; it has to refuse it with a RangeError.`,
        },
      },
      { name: 'verdict', args: { approve: false, text: 'Amounts below nothing are taken.' } },
    );
  return says('It does what was asked.', {
    name: 'verdict',
    args: { approve: true, text: 'It does what was asked, and its tests show it.' },
  });
}

function builds(
  part: Part,
  seen: Seen,
  missing: (paths: readonly string[]) => ScriptedCall[],
  temper: Temper,
): ScriptedAnswer {
  const { flaw, on } = PARTS[part];
  const [path, test] = [`src/${part}.js`, `test/${part}.test.js`];
  const edited = seen.results.filter(
    ({ about, isError }) => about.name === 'edit_file' && !isError && arg(about, 'path') === path,
  ).length;
  // By what it is told, whoever tells it: a new prompt, or an answer in the conversation that it is in.
  const toMend =
    flaw !== undefined &&
    (flaw === 'check'
      ? seen.text.includes('does not say what it returns')
      : seen.text.includes('has to refuse it with a RangeError'));
  const fresh = !seen.calls.some(call => call.name === 'finish_task') && toMend && edited === 0;
  // What it builds on it reads as well, unless it was told what there is and what that returns.
  const unknown = on.filter(
    other => temper !== 'trusting' || !seen.text.includes(`${other}Total is in src/${other}.js and returns`),
  );
  const wanted = fresh ? [path, test] : [path, test, 'README.md', ...unknown.map(other => `src/${other}.js`)];
  const artifact: ScriptedCall[] =
    fresh || seen.text.includes('"$id": "shop-lines"') ? [] : [{ name: 'read_artifact', args: { name: 'shop-lines' } }];
  const unread = [...missing(wanted), ...artifact];
  if (edited === 0 && unread.length > 0) return says('First I read what this concerns.', ...unread);
  const edit = (old: string, text: string): ScriptedCall => ({
    name: 'edit_file',
    args: { path, edits: [{ old, new: text }] },
  });
  const mends = toMend && (fresh ? edited === 0 : edited === 1);
  if (mends)
    return flaw === 'check'
      ? says(
          'The description is missing; I add it.',
          edit(`export function ${part}Total`, `${total(part, true).split('export')[0]}export function ${part}Total`),
        )
      : says(
          'Amounts below nothing are to be refused.',
          edit(
            '    sum += amount;',
            "    if (amount < 0) throw new RangeError('an amount below nothing');\n    sum += amount;",
          ),
        );
  if (edited === 0)
    return says(
      'I add the function in the way of its neighbours.',
      edit(`// here: ${part}Total\n`, total(part, flaw !== 'check')),
    );
  const tested = seen.calls.some(call => arg(call, 'path') === test && call.name === 'edit_file');
  if (!tested && !fresh && !toMend)
    return says('And its test, with wrong input too.', {
      name: 'edit_file',
      args: { path: test, edits: [{ old: `// here: test of ${part}Total\n`, new: testLines(part) }] },
    });
  const lastEdit = seen.calls.findLastIndex(call => call.name === 'edit_file');
  if (!seen.calls.slice(lastEdit).some(call => call.name === 'run_command'))
    return says('I run the test.', { name: 'run_command', args: { command: `node ${test}` } });
  return says('It passes.', {
    name: 'finish_task',
    args: {
      summary: `${part}Total is in ${path} and returns { sum, lines } as shop-lines has it; it throws for what is no number. Tested in ${test}.`,
    },
  });
}
