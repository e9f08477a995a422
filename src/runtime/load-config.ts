import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadRoles } from '../core/agent/roles/roles.ts';
import type { Parts } from '../core/config/agreement.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from '../core/config/load.ts';
import { AgreementFile } from '../node/agreements.ts';
import { codeOf } from '../node/error-code.ts';
import { userFolder } from '../node/places.ts';
import { NodeProjectTexts } from '../node/project-texts.ts';
import type { Config } from '../protocol/config.ts';

export interface ConfigPlaces {
  /** Undefined: only what the user set counts. */
  workspace: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  /** Instead of the file in the user's folder. */
  configFile?: string | undefined;
  /** The editor's settings, instead of the user's file. */
  settings?: { source: string; value: unknown };
  flags?: Config;
}

/** Reads all sources of the configuration from where they are. */
export async function loadFrom(places: ConfigPlaces): Promise<LoadedConfig> {
  const { workspace, environment, configFile, settings, flags } = places;
  const folder = userFolder(environment);
  const userFile = configFile ? resolve(configFile) : join(folder, 'config.yaml');
  const [userText, workspaceText, roleWorkers] = await Promise.all([
    settings ? undefined : textOf(userFile, configFile !== undefined),
    workspace === undefined ? undefined : textOf(join(workspace, '.orchestrate', 'config.yaml'), false),
    workspace === undefined ? undefined : roleWorkersIn(workspace),
  ]);
  const sources: ConfigSources = {
    environment,
    ...(settings && { user: settings }),
    ...(userText !== undefined && { user: { source: userFile, text: userText } }),
    ...(workspaceText !== undefined && { workspace: { source: '.orchestrate/config.yaml', text: workspaceText } }),
    ...(roleWorkers && { roleWorkers }),
    ...(flags && { flags }),
  };
  const agreements = new AgreementFile(folder);
  return loadConfig(sources, async parts => workspace !== undefined && agreements.has(await real(workspace), parts));
}

/** Role files come with the workspace: which CLI agents they name. */
async function roleWorkersIn(workspace: string): Promise<Record<string, string>> {
  const { roles } = await loadRoles(new NodeProjectTexts(workspace));
  const named = [...roles.values()].flatMap(({ name, worker }) => (worker === undefined ? [] : [[name, worker]]));
  return Object.fromEntries(named);
}

/** Remembers that the user agreed to these parts of the workspace's configuration. */
export async function agree(
  { workspace, environment }: Pick<ConfigPlaces, 'environment'> & { workspace: string },
  parts: Parts,
): Promise<void> {
  await new AgreementFile(userFolder(environment)).add(await real(workspace), parts);
}

const real = (folder: string) => realpath(folder).catch(() => folder);

async function textOf(path: string, wanted: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !wanted) return undefined;
    throw error;
  }
}
