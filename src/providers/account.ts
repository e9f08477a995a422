import { createHash } from 'node:crypto';
import type { Provenance } from '../protocol/message.ts';
import type { ProviderConfig } from './config.ts';

/** Says whose native blocks may be replayed. The account is a hash, so that no key can be read from it. */
export function provenanceOf(config: ProviderConfig, baseUrl: string, key: string | undefined) {
  const account = createHash('sha256')
    .update(`${baseUrl}\0${key ?? ''}`)
    .digest('hex')
    .slice(0, 16);
  return (model: string): Provenance => ({ provider: config.name, kind: config.kind, model, account });
}
