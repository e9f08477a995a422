import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI from 'openai';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';
import { models, providerOf, requestOf } from '../support/providers.ts';
import { plainRequest } from '../support/wire.ts';

/** What our providers cost over the floor (fetch and the least parsing there can be) and over the bare SDKs. */
type Urls = Record<Vendor, string>;
/** One stream from its request to its end; tells when the first text came. */
type Run = (urls: Urls) => Promise<number>;

const key = 'key-of-the-account';

function floor(vendor: Vendor): Run {
  return async urls => {
    const start = performance.now();
    const request = plainRequest({ urls }, vendor, 'Hello', key);
    const headers = { 'content-type': 'application/json', ...request.headers };
    const response = await fetch(request.url, { method: 'POST', headers, body: JSON.stringify(request.body) });
    if (!response.ok || !response.body) throw new Error(await response.text());
    const end = vendor === 'ollama' ? '\n' : vendor === 'google' ? '\r\n\r\n' : '\n\n';
    const decoder = new TextDecoder();
    let rest = '';
    let first = 0;
    let seen = 0;
    for await (const bytes of response.body) {
      rest += decoder.decode(bytes, { stream: true });
      const frames = rest.split(end);
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const data = vendor === 'ollama' ? frame : frame.slice(frame.indexOf('data: ') + 6);
        if (data === '[DONE]') continue;
        if (JSON.parse(data)) seen++;
        if (!first && data.includes('some words')) first = performance.now() - start;
      }
    }
    if (!seen) throw new Error('nothing came');
    return first;
  };
}

const sdks: Partial<Record<Vendor, Run>> = {
  anthropic: async urls => {
    const client = new Anthropic({ baseURL: urls.anthropic, apiKey: key, maxRetries: 0 });
    return firstOf(performance.now(), () =>
      client.messages.create({
        model: models.anthropic,
        max_tokens: 4000,
        stream: true,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    );
  },
  openai: async urls => {
    const client = new OpenAI({ baseURL: urls.openai, apiKey: key, maxRetries: 0 });
    return firstOf(performance.now(), () =>
      client.responses.create({ model: models.openai, stream: true, store: false, input: 'Hello' }),
    );
  },
  'openai-compatible': async urls => {
    const client = new OpenAI({ baseURL: urls['openai-compatible'], apiKey: key, maxRetries: 0 });
    return firstOf(performance.now(), () =>
      client.chat.completions.create({
        model: models['openai-compatible'],
        stream: true,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    );
  },
  google: async urls => {
    const model = new GoogleGenerativeAI(key).getGenerativeModel({ model: models.google }, { baseUrl: urls.google });
    return firstOf(performance.now(), async () => (await model.generateContentStream('Hello')).stream);
  },
};

async function firstOf(start: number, open: () => PromiseLike<AsyncIterable<unknown>>): Promise<number> {
  let first = 0;
  for await (const event of await open()) {
    if (!first && JSON.stringify(event).includes('some words')) first = performance.now() - start;
  }
  return first;
}

function ours(vendor: Vendor): Run {
  return async urls => {
    const provider = providerOf(urls, vendor, { key });
    const start = performance.now();
    let first = 0;
    const request = requestOf(vendor, { tools: [], system: '' });
    for await (const event of provider.stream(request, new AbortController().signal)) {
      if (event.type === 'text') first ||= performance.now() - start;
      if (event.type === 'error') throw new Error(event.message);
    }
    return first;
  };
}

interface Cost {
  cpuMs: number;
  firstMs: number;
}

/** CPU for a stream, and the median wait for its first text, with so many at once. */
async function measure(run: Run, urls: Urls, atOnce: number, streams: number): Promise<Cost> {
  const waits: number[] = [];
  const before = process.cpuUsage();
  for (let done = 0; done < streams; done += atOnce) {
    waits.push(...(await Promise.all(Array.from({ length: Math.min(atOnce, streams - done) }, () => run(urls)))));
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 / streams, firstMs: median(waits) };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function withServer(events: number, betweenMs: number, run: (urls: Urls) => Promise<void>): Promise<void> {
  const script = new URL('./stream-server.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, String(events), String(betweenMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  await run(JSON.parse(line));
  child.stdin.end();
  await once(child, 'exit');
}

const rounds = 3;
for (const [label, events, betweenMs] of [
  ['all at once', 400, 0],
  ['one by one', 100, 2],
] as const) {
  await withServer(events, betweenMs, async urls => {
    for (const vendor of Object.keys(models) as Vendor[]) {
      for (const atOnce of [1, 16, 256]) {
        const runs = { floor: floor(vendor), sdk: sdks[vendor], ours: ours(vendor) };
        const costs: Record<string, Cost[]> = { floor: [], sdk: [], ours: [] };
        const streams = Math.max(betweenMs ? 4 : 64, atOnce);
        for (let round = -1; round < rounds; round++) {
          for (const [name, run] of Object.entries(runs)) {
            if (!run) continue;
            const cost = await measure(run, urls, atOnce, streams);
            // The first round loads and warms.
            if (round >= 0) costs[name]?.push(cost);
          }
        }
        const cpu = (name: string) => median((costs[name] ?? []).map(cost => cost.cpuMs));
        const first = (name: string) => median((costs[name] ?? []).map(cost => cost.firstMs));
        console.log(
          `${label}, ${vendor}, ${atOnce} at once: CPU ${(cpu('ours') / cpu('floor')).toFixed(2)} of the floor, ` +
            `${costs.sdk?.length ? `${(cpu('ours') / cpu('sdk')).toFixed(2)} of the bare SDK` : 'no SDK'} ` +
            `(${cpu('ours').toFixed(2)} ms a stream); ` +
            `first text ${(first('ours') - first('floor')).toFixed(2)} ms after the floor's`,
        );
      }
    }
  });
}
