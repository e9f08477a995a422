import * as vscode from 'vscode';
import type { SessionController } from '../../src/editor/session-controller.ts';
import { startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { CanonicalRequest, RequestRecord, ScriptedAnswer, Vendor } from '../../src/rehearsal/wire/types.ts';

export interface ScriptedTeam {
  controller: SessionController;
  requests: readonly RequestRecord[];
  close(): Promise<void>;
}

/** One account; routes go through them in order. */
export interface ScriptedProvider {
  name: string;
  kind: Vendor;
  model: string;
  /** It sees. */
  images?: true;
}

/** Asks for no key. */
const LAB: ScriptedProvider = { name: 'lab', kind: 'ollama', model: 'qwen3-coder:30b' };
const SETTINGS = ['providers', 'routes', 'team.approvePlan'] as const;

const configure = (key: (typeof SETTINGS)[number], value: unknown) =>
  vscode.workspace.getConfiguration('orchestrate').update(key, value, vscode.ConfigurationTarget.Global);

/** The extension of this window, with providers whose servers answer from the given function. */
export async function scriptedTeam(
  answer: (request: CanonicalRequest) => ScriptedAnswer,
  providers: ScriptedProvider[] = [LAB],
): Promise<ScriptedTeam> {
  const extension = vscode.extensions.all.find(({ id }) => id.endsWith('.orchestrate'));
  const exposed = await extension?.activate();
  if (!exposed?.controller) throw new Error('the extension shows nothing of itself to tests');
  const servers = await startWireServers({ answer, seed: 1 });
  const entries = providers.map(({ name, kind, model, images }) => [
    name,
    {
      kind,
      baseUrl: servers.urls[kind],
      local: true,
      models: [{ id: model, tools: true, contextTokens: 100_000, ...(images && { images }) }],
    },
  ]);
  await configure('providers', Object.fromEntries(entries));
  const route = providers.map(({ name, model }) => `${name}/${model}`);
  await configure('routes', { default: route, orchestrator: route, simple: route, complex: route });
  await configure('team.approvePlan', false);
  return {
    controller: exposed.controller,
    requests: servers.requests,
    async close() {
      for (const key of SETTINGS) await configure(key, undefined);
      await servers.close();
    },
  };
}
