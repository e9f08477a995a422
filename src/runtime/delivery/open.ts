import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redactorOf } from '../../core/config/known-keys.ts';
import { configuredProviders } from '../../core/config/providers.ts';
import { StoredBook } from '../../core/delivery/book.ts';
import type { EnvironmentSecret } from '../../core/delivery/contract.ts';
import { DELIVERY } from '../../core/delivery/defaults.ts';
import { deploySecret } from '../../core/delivery/secret-name.ts';
import { Repository } from '../../node/git/repository.ts';
import { TreePool } from '../../node/git/trees.ts';
import { hashOf } from '../../node/hash.ts';
import { OwnFolder } from '../../node/own-folder.ts';
import { cacheFolder, userFolder } from '../../node/places.ts';
import { sealSecret } from '../../node/session/secret.ts';
import { SessionFolder } from '../../node/session/session-folder.ts';
import { OUR_FOLDER } from '../../node/session/sessions.ts';
import type { Config } from '../../protocol/config.ts';
import type { RuntimeHost } from '../contract.ts';
import { configOf, keysOf, sessionsOf } from '../host.ts';

/** What all that is done with deliveries needs. */
export interface DeliveryParts {
  host: RuntimeHost;
  config: Config;
  environment: NodeJS.ProcessEnv;
  repository: Repository;
  book: StoredBook;
  trees: TreePool;
  sessions: ReturnType<typeof sessionsOf>;
  redact(text: string): string;
  /** A secret of an environment: from the variables of its name, or from where the editor keeps it. */
  secretOf(environment: string, name: string): Promise<EnvironmentSecret & { value?: string | undefined }>;
}

/** Rejects with a GitError where the workspace is in no repository that delivery can work with. */
export async function openDelivery(host: RuntimeHost): Promise<DeliveryParts> {
  const { workspace, clock, kind } = host;
  const environment = { ...host.environment };
  const { config } = await configOf(host);
  const keys = keysOf(host, config);
  const redactor = redactorOf(host.environment);
  for (const { name } of configuredProviders(config)) redactor.add(await keys.get(name));
  for (const { secrets = [] } of Object.values(config.environments ?? {}))
    for (const name of secrets) redactor.add(environment[name]);
  const redact = (text: string) => redactor.text(text);
  const secretOf: DeliveryParts['secretOf'] = async (of, name) => {
    const slot = deploySecret(hashOf, workspace, of, name);
    const variable = environment[name];
    const value = variable || (await host.secrets?.get(slot));
    redactor.add(value);
    return { name, slot, value, ...(value && { from: variable ? 'variable' : 'editor' }) };
  };
  const repository = await Repository.open(workspace, environment);
  const secret = sealSecret(userFolder(environment));
  const folder = new OwnFolder(workspace, OUR_FOLDER, 'delivery');
  // Of itself, too: a workspace stays clean for git.
  await folder.making(at => writeFile(join(at, '.gitignore'), '*\n'));
  const book = new StoredBook({ open: () => new SessionFolder(folder, clock, secret), host: kind, clock, redact });
  const most = config.delivery?.trees ?? DELIVERY.trees;
  const trees = new TreePool({ repository, folder: cacheFolder(environment), most, clock, host: kind });
  return { host, config, environment, repository, book, trees, sessions: sessionsOf(host), redact, secretOf };
}
