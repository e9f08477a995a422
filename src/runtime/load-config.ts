import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadRoles } from '../core/agent/roles/roles.ts';
import type { Parts } from '../core/config/agreement.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from '../core/config/load.ts';
import { MCP_FILES, readMcpServers } from '../core/config/mcp-servers.ts';
import { AgreementFile } from '../node/agreements.ts';
import { codeOf } from '../node/error-code.ts';
import { OwnFolder, readRegular } from '../node/own-folder.ts';
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
  /** Whether the workspace's MCP servers are ours to start: an editor starts them itself. */
  servers?: boolean;
}

/** Reads all sources of the configuration from where they are. */
export async function loadFrom(places: ConfigPlaces): Promise<LoadedConfig> {
  const { workspace, environment, configFile, settings, flags, servers } = places;
  const folder = userFolder(environment);
  const userFile = configFile ? resolve(configFile) : join(folder, 'config.yaml');
  const [userText, theirs, roleWorkers, mcp] = await Promise.all([
    settings ? undefined : textOf(userFile, configFile !== undefined),
    workspace === undefined ? undefined : textOfWorkspace(workspace),
    workspace === undefined ? undefined : roleWorkersIn(workspace),
    workspace === undefined || !servers ? undefined : mcpServersIn(workspace),
  ]);
  const sources: ConfigSources = {
    environment,
    ...(settings && { user: settings }),
    ...(userText !== undefined && { user: { source: userFile, text: userText } }),
    ...(theirs?.text !== undefined && { workspace: { source: SOURCE, text: theirs.text } }),
    ...(roleWorkers && { roleWorkers }),
    ...(mcp && { servers: mcp.servers }),
    ...(flags && { flags }),
  };
  const agreements = new AgreementFile(folder);
  const agreed = async (parts: Parts) => workspace !== undefined && agreements.has(await real(workspace), parts);
  const loaded = await loadConfig(sources, agreed);
  if (theirs?.problem) loaded.problems.push({ severity: 'error', source: SOURCE, message: theirs.problem });
  loaded.problems.push(...(mcp?.problems ?? []));
  return loaded;
}

const SOURCE = '.orchestrate/config.yaml';
/** More than this is nobody's configuration. */
const MOST_BYTES = 1_000_000;

/** It came with the folder: no link is followed, and nothing is waited for or read without end. */
async function textOfWorkspace(workspace: string): Promise<{ text?: string; problem?: string }> {
  try {
    const folder = new OwnFolder(workspace, '.orchestrate');
    const bytes = await folder.within(at => readRegular(join(at, 'config.yaml'), MOST_BYTES));
    return bytes ? { text: bytes.toString() } : {};
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Role files come with the workspace: which CLI agents they name. */
async function roleWorkersIn(workspace: string): Promise<Record<string, string>> {
  const { roles } = await loadRoles(new NodeProjectTexts(workspace));
  const named = [...roles.values()].flatMap(({ name, worker }) => (worker === undefined ? [] : [[name, worker]]));
  return Object.fromEntries(named);
}

/** What people have written down for other programs, too. */
async function mcpServersIn(workspace: string) {
  const texts = new NodeProjectTexts(workspace);
  const read = Object.keys(MCP_FILES).map(async path => [path, await texts.read(path, MOST_BYTES)] as const);
  return readMcpServers(Object.fromEntries(await Promise.all(read)));
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
