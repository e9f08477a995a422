import { StoreError } from '../../../../src/core/session/store.ts';
import { createSession } from '../../../../src/node/session/sessions.ts';
import { sessionsIn } from '../../../support/own-sessions.ts';

/** Tries to make a session in the read-only folder argv[2], as somebody who is bound by file modes. */
process.setuid?.(65534);
try {
  await createSession(sessionsIn(process.argv[2] ?? ''));
  process.stdout.write('made');
} catch (error) {
  process.stdout.write(error instanceof StoreError ? error.reason : String(error));
}
