import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Provider } from '../../src/core/routing/contract.ts';
import type { AssistantMessage } from '../../src/protocol/message.ts';
import { callsOf, type Heard, listen, providerOf, requestOf } from '../support/providers.ts';
import { inPieces, rawServer } from '../support/raw-server.ts';
import { type Expected, expectedOf } from './expected.ts';
import { folders, type Recorded, responsesIn } from './split.ts';

/** Replays every recorded stream under a folder through the providers, and compares with a second reading of it. */
const [root] = process.argv.slice(2);
if (root === undefined) {
  console.error('usage: npm run test:recordings -- DIR');
  process.exit(2);
}

let pieces: string[] = [];
const server = await rawServer(response => inPieces(response, pieces, 0));
let passed = 0;
const failures: string[] = [];
for (const [folder, { vendor, frame, close }] of Object.entries(folders)) {
  const provider = providerOf(server.urls, vendor);
  for (const file of await filesIn(join(root, folder))) {
    try {
      const responses = responsesIn(vendor, await readFile(file, 'utf8'));
      assert.ok(responses.length > 0, 'no chunk in it');
      for (const recorded of responses) {
        const text = recorded.lines.map((line, at) => frame(line, recorded.chunks[at] ?? {})).join('') + close;
        const expected = expectedOf(vendor, recorded.chunks);
        // Once in one piece, and once cut without regard to what it says.
        for (pieces of [[text], cut(text)]) compare(await heard(provider, recorded), expected);
      }
      passed++;
    } catch (error) {
      failures.push(`${relative(root, file)}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
await server.close();
for (const failure of failures) console.error(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length || !passed ? 1 : 0;

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isFile() && !/\.md$/i.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

function heard(provider: Provider, recorded: Recorded): Promise<Heard> {
  assert.ok(recorded.chunks.length);
  const request = requestOf('anthropic', { model: 'recorded', tools: [] });
  return listen(provider.stream(request, new AbortController().signal));
}

/** Some dozens of pieces, of odd lengths. */
function cut(text: string): string[] {
  const size = Math.max(7, Math.ceil(text.length / 61));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));
}

function compare({ end, text, reasoning }: Heard, expected: Expected): void {
  assert.equal(end.type, expected.ends, JSON.stringify(end));
  const said = end.type === 'finish' ? textOf(end.message) : text;
  assert.equal(said, expected.text);
  assert.equal(squeezed(reasoning), squeezed(expected.reasoning));
  const { input, cacheRead, cacheWrite, output } = end.usage ?? {};
  const known = [input, cacheRead, cacheWrite].filter(bucket => bucket !== undefined);
  const prompt = known.length ? known.reduce((a, b) => a + b, 0) : undefined;
  assert.deepEqual({ prompt, cached: cacheRead, output }, { ...tokens(expected) });
  if (end.type === 'error') return;
  assert.deepEqual(
    callsOf(end.message).map(({ name, args }) => ({ name, args })),
    expected.tools,
  );
}

function textOf(message: AssistantMessage): string {
  return message.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');
}

function tokens({ prompt, cached, output }: Expected) {
  return { prompt, cached, output };
}

/** Paragraphs of reasoning may be told apart by blank lines that nobody sent. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}
