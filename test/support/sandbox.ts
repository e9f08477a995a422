import type { Context } from 'mocha';
import { createProcesses } from '../../src/node/processes.ts';
import { openSandbox } from '../../src/node/sandbox/open-sandbox.ts';

/** Set where the tests of the sandbox must run, and count as failed where they cannot. */
export const mustHold = process.env.ORCHESTRATE_TEST_SANDBOX === 'required';

let looked: ReturnType<typeof look> | undefined;

/** Whether commands can be held on this machine; looked up once. */
export const sandboxHere = () => {
  looked ??= look();
  return looked;
};

async function look() {
  const root = process.cwd();
  const sandbox = await openSandbox({ root, processes: createProcesses({ root }), environment: process.env });
  try {
    return await sandbox.standing();
  } finally {
    await sandbox.close();
  }
}

/** Skips what cannot be tried here, and says so; fails where it has to be tried. */
export async function needsSandbox(test: Context): Promise<void> {
  const standing = await sandboxHere();
  if (standing.holds) return;
  if (mustHold) throw new Error(`commands cannot be held here: ${standing.why} ${standing.advice}`);
  console.log(`      skipped: commands cannot be held here. ${standing.why}`);
  test.skip();
}
