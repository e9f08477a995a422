import type { Message, ToolResultPart } from '../../../src/protocol/message.ts';
import type { CanonicalRequest, ScriptedAnswer, ScriptedCall } from '../../../src/rehearsal/wire/types.ts';

export const SUM =
  'export function sum(numbers) {\n  let total = 0;\n  for (const each of numbers) total -= each;\n  return total;\n}\n';
export const CHECK =
  "import { sum } from './src/sum.js';\nif (sum([1, 2]) !== 3) {\n  console.error('sum([1, 2]) is ' + sum([1, 2]) + ', not 3');\n  process.exit(1);\n}\n";

const PATH = 'src/sum.js';
const read: ScriptedCall = { name: 'read_file', args: { path: PATH } };
const edit = (old: string, text: string): ScriptedCall => ({
  name: 'edit_file',
  args: { path: PATH, edits: [{ old, new: text }] },
});
const mend = edit('total -= each', 'total += each');
const finish: ScriptedCall = { name: 'finish_task', args: { summary: 'sum adds up now.' } };
const calls = (...toolCalls: ScriptedCall[]): ScriptedAnswer => ({ toolCalls });

/** How far it has come: what it was shown, and what it was told. */
interface Scene {
  results: ToolResultPart[];
  /** Answers so far. */
  turn: number;
  /** All that it was told. */
  told: string;
  good: ScriptedAnswer;
}

const ok = (results: readonly ToolResultPart[], name: string) =>
  results.some(part => part.name === name && !part.isError);

/** Changed by itself, or by who worked on it before. */
const isMended = (results: readonly ToolResultPart[]) =>
  ok(results, 'edit_file') || results.some(({ output }) => output.includes('total += each'));

/** One that does it right: reads, changes, ends. */
function good(results: readonly ToolResultPart[]): ScriptedAnswer {
  if (!ok(results, 'read_file')) return calls(read);
  return isMended(results) ? calls(finish) : calls(mend);
}

const textOf = ({ parts }: Message) =>
  parts.map(part => (part.type === 'text' ? part.text : part.type === 'tool-result' ? part.output : '')).join('\n');

/** What models have been seen to do wrong; each gets better where it is told how, but for the last. */
const HABITS = {
  'calls tools by other names and with other arguments': ({ turn, results, good }) => {
    if (turn === 0) return calls({ name: 'view', args: { path: PATH } });
    if (turn === 1) return calls({ name: 'read_file', args: { filename: PATH, start_line: '1' } });
    if (turn === 2)
      return calls({
        name: 'edit_file',
        args: { file_path: PATH, edits: [{ search: 'total -= each', replace: 'total += each' }] },
      });
    if (ok(results, 'edit_file')) return good;
    // As text, as some vendors' models send nested arguments.
    return calls({
      name: 'edit_file',
      args: { path: PATH, edits: JSON.stringify([{ old: 'total -= each', new: 'total += each' }]) },
    });
  },
  'edits sloppily': ({ results, good }) =>
    ok(results, 'read_file') && !ok(results, 'edit_file')
      ? calls(
          edit(
            '3\t    for (const each of numbers) total -= each;   \n4\t    return total;',
            '3\t    for (const each of numbers) total += each;\n4\t    return total;',
          ),
        )
      : good,
  'stops early': ({ turn, good }) =>
    turn === 1 ? { text: 'I have read the file and would now change the sign.' } : good,
  'says that it is done before it has begun': ({ turn, told, good }) =>
    turn === 0 || (!told.includes('is -3, not 3') && turn < 3) ? calls(finish) : good,
  'does the same again and again': ({ turn, told, good }) =>
    turn < 12 && !/same call|repeat|again and again/i.test(told.split('</data')[told.split('</data').length - 1] ?? '')
      ? calls(read)
      : good,
  'answers with calls in text': ({ good }) => ({
    text: (good.toolCalls ?? [])
      .map(({ name, args }) => `I do this:\n\`\`\`json\n${JSON.stringify({ name, arguments: args })}\n\`\`\``)
      .join('\n'),
  }),
  'forgets to end': ({ results, told, good }) =>
    ok(results, 'edit_file') && !told.includes('called no tool')
      ? { text: 'All is done, the sum is right now.' }
      : good,
  'never ends': ({ results, good }) => (isMended(results) ? { text: 'All is done, the sum is right now.' } : good),
} satisfies Record<string, (scene: Scene) => ScriptedAnswer>;

export type Habit = keyof typeof HABITS;
export const habits = Object.keys(HABITS) as Habit[];

/** A model with that habit, as wire servers play it. */
export const clumsyModel =
  (habit: Habit) =>
  ({ messages }: CanonicalRequest): ScriptedAnswer => {
    const results = messages.flatMap(({ parts }) =>
      parts.filter((part): part is ToolResultPart => part.type === 'tool-result'),
    );
    const turn = messages.filter(({ role }) => role === 'assistant').length;
    const told = messages
      .slice(1)
      .filter(({ role }) => role !== 'assistant')
      .map(textOf)
      .join('\n');
    // Calls in text come back as text.
    const seen =
      results.length > 0
        ? results
        : [...told.matchAll(/"?(read_file|edit_file)"?/g)].map(([, name = '']) => ({
            type: 'tool-result' as const,
            id: '',
            name,
            output: '',
          }));
    return HABITS[habit]({ results: seen, turn, told, good: good(seen) });
  };
