/** The real CLI agents: those of the folder that ORCHESTRATE_CLIS names, else installed from npm beside the checkout's caches. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/host/paths.ts';

/** The versions that docs/roles.md speaks of. */
const PACKAGES = [
  '@anthropic-ai/claude-code@2.1.332',
  '@agentclientprotocol/claude-agent-acp@0.101.0',
  '@openai/codex@0.171.0',
  '@agentclientprotocol/codex-acp@2.6.0',
  '@google/gemini-cli@0.61.0',
  'opencode-ai@1.18.33',
];

let found: Promise<string> | undefined;

export function programFolder(): Promise<string> {
  found ??= install();
  return found;
}

async function install(): Promise<string> {
  const folder = process.env.ORCHESTRATE_CLIS ?? join(root, '.vscode-test', 'clis');
  const programs = join(folder, 'node_modules', '.bin');
  if (existsSync(join(programs, 'opencode'))) return programs;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], { cwd: folder });
  return programs;
}
