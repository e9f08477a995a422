import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redactor } from '../../../src/core/redact/redactor.ts';
import { openJournal } from '../../../src/core/session/journal.ts';
import { keepLog } from '../../../src/core/session/log/keep-log.ts';
import { Timeline } from '../../../src/core/session/log/timeline.ts';
import { writeReport } from '../../../src/core/session/report/write-report.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { sessionFolder } from '../../support/own-sessions.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

/** Put together here, so that nobody who searches this file for keys finds one. */
const shaped = `${'sk-ant'}-api03-${'Ab3_dE-6gH9'.repeat(8)}`;
const told = 'pass"word\\of/a local+server';

describe('a session’s files', () => {
  it('hold no key, wherever it was said: journal, blobs, log and report', () =>
    inTemporaryFolder(async folder => {
      const redactor = new Redactor(told);
      const quiet = { write: () => {} };
      const store = sessionFolder(folder);
      await store.lock('terminal');
      const journal = await openJournal(store, { clock: systemClock, redact: text => redactor.text(text), log: quiet });
      const kept = keepLog(journal, new Timeline(), store, { clock: systemClock, log: quiet });
      for (const key of [shaped, told]) {
        const text = `the key:\n${key}\nis ${key}.`;
        journal.append({ type: 'decision-noted', by: 'a', text, rationale: text });
        journal.append({ type: 'notice', level: 'error', text });
        journal.append({ type: 'permission-denied', agent: 'a', kind: 'command', what: text, rule: 'r', advice: text });
        journal.append({
          type: 'tool-intent',
          agent: 'a',
          call: 'c',
          tool: 't',
          effect: 'read',
          args: { [key]: [key] },
        });
        const output = await journal.longText(`${'x'.repeat(20_000)}${text}`);
        journal.append({ type: 'tool-outcome', agent: 'a', call: 'c', ok: true, output, ms: 1 });
        await journal.putText(JSON.stringify({ text }));
      }
      await kept.stop();
      await writeReport(journal.state, store);
      await journal.close();
      await store.close();
      const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
      assert.ok(files.length >= 7, `${files.length} files`);
      for (const entry of files) {
        const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
        for (const part of [shaped, shaped.slice(10, 40), told, 'a local+server', encodeURIComponent(told)])
          assert.ok(!text.includes(part), `${entry.name} holds a key`);
        if (entry.name === 'log.md') assert.match(text, /redacted/);
      }
    }));
});
