import type { RelPath } from '../../protocol/ids.ts';
import { actsBy } from '../acting-files.ts';
import type { Journal } from '../session/contract.ts';
import { actsRule, consentKey } from '../session/fold/consents.ts';
import type { Attention } from './contract.ts';
import { reasonGiven } from './reason-given.ts';

export interface WriteAsker {
  journal: Journal;
  attention: Attention;
}

/**
 * Asks a person before an agent changes a file by which tools run something, once for each such file of a task. The text
 * tells whoever wanted to write why it may not; undefined: it may.
 */
export async function askToWrite(
  { journal, attention }: WriteAsker,
  agent: string,
  path: RelPath,
  signal: AbortSignal,
): Promise<string | undefined> {
  const says = actsBy(path);
  if (says === undefined) return undefined;
  const earlier = journal.state.consents.get(consentKey(journal.state, agent, path));
  const answer = earlier
    ? { decision: earlier, reason: undefined }
    : await attention.permission(
        { agent, kind: 'path', what: path, rule: actsRule, why: `To change it. ${says}` },
        signal,
      );
  if (answer.decision === 'allow') return undefined;
  return (
    `"${path}" was not changed: nobody allowed it (rule "${actsRule}"). ${says}${reasonGiven(answer)} ` +
    'Go on without it, and put what should stand there into your summary, so that the user can take it over.'
  );
}
