import { PathRefused } from '../ports.ts';
import type { GroundFiles } from './tracked.ts';

/**
 * The files of a workspace as its review may see them. One that a path of the journal does not lead to, because it is a
 * link by now or never was a file that agents may write, is not there: nothing of it is shown, no other file waits for
 * it, and a write to it fails and says why.
 */
export const reachable = (files: GroundFiles): GroundFiles => ({
  async read(path, signal) {
    try {
      return await files.read(path, signal);
    } catch (error) {
      if (error instanceof PathRefused) return undefined;
      throw error;
    }
  },
  write: (path, bytes, expected, signal) => files.write(path, bytes, expected, signal),
  remove: (path, expected, signal) => files.remove(path, expected, signal),
  missingFolders: path => files.missingFolders(path),
  removeEmpty: folder => files.removeEmpty(folder),
});
