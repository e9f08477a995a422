import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CanonicalRequest, ScriptedAnswer, Vendor } from '../../src/rehearsal/wire/types.ts';
import { models } from './providers.ts';
import { codeOf, program } from './terminal-lab.ts';

/** A provider of a lab, by where its server is. */
export interface Place {
  vendor: Vendor;
  url: string;
}

export interface Ran {
  code: number;
  /** Wall time. */
  ms: number;
  /** Everything that was printed. */
  said: string;
}

const TURNS = 4;

/** A model that plans one task, writes a file in each of four turns, and is done in the fifth. */
export function diligent(request: CanonicalRequest): ScriptedAnswer {
  const task = { id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'] };
  if (request.tools.some(tool => tool.name === 'propose_plan'))
    return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [task] } }] };
  const turn = request.messages.filter(message => message.role === 'assistant').length;
  if (turn < TURNS)
    return { toolCalls: [{ name: 'write_file', args: { path: `${turn}.txt`, content: `written in turn ${turn}\n` } }] };
  return { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
}

/** The terminal program in a home of its own, whose route leads to these providers in this order. */
export async function faultLab(folder: string, places: Record<string, Place>, more: object = {}) {
  const [workspace, home] = [join(folder, 'workspace'), join(folder, 'home')];
  await mkdir(workspace, { recursive: true });
  await mkdir(home, { recursive: true });
  const route = Object.entries(places).map(([name, { vendor }]) => `${name}/${models[vendor]}`);
  const providers = Object.entries(places).map(([name, { vendor, url }]) => [
    name,
    { kind: vendor, baseUrl: url, ...(vendor === 'ollama' && { free: true }) },
  ]);
  const config = {
    providers: Object.fromEntries(providers),
    routes: { default: route },
    prices: route.map(model => ({ model, input: 1, output: 1 })),
    permissions: { sandbox: 'off' },
    ...more,
  };
  await writeFile(join(home, 'config.yaml'), stringify(config));
  const inherited = Object.entries(process.env).filter(([name]) => !/^ORCHESTRATE_|_API_KEY$/.test(name));
  const keys = Object.keys(places).map(name => [`ORCHESTRATE_API_KEY_${name.toUpperCase()}`, 'any-key']);
  const env = { ...Object.fromEntries(inherited), ...Object.fromEntries(keys), ORCHESTRATE_HOME: home };
  const sessions = join(workspace, '.orchestrate', 'sessions');
  return {
    async run(...args: string[]): Promise<Ran> {
      const started = performance.now();
      const child = spawn(process.execPath, [program, ...args], { cwd: workspace, env });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', text => {
          said += text;
        });
      return { code: await codeOf(child), ms: performance.now() - started, said };
    },
    async events() {
      const [id, ...others] = (await readdir(sessions)).filter(name => !name.startsWith('.'));
      if (id === undefined || others.length > 0) throw new Error('there is not one session');
      const text = await readFile(join(sessions, id, 'events.jsonl'), 'utf8');
      return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]));
    },
  };
}
