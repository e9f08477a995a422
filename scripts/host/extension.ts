import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Installation {
  /** The folder that installWebHost gives. */
  host: string;
  vsix: string;
  extensionsDir: string;
  dataDir: string;
}

/** Installs the packed extension for VS Code's server, as a person would; what was in its folder before is gone. */
export async function installExtension({ host, vsix, extensionsDir, dataDir }: Installation): Promise<void> {
  // An older build left beside the new one would be loaded or not, as it happens.
  await rm(extensionsDir, { recursive: true, force: true });
  const places = ['--extensions-dir', extensionsDir, '--server-data-dir', dataDir];
  const args = [join('out', 'server-main.js'), '--install-extension', vsix, ...places, '--accept-server-license-terms'];
  await promisify(execFile)(process.execPath, args, { cwd: host });
}
