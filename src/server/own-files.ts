import { Tokens } from './access/tokens.ts';
import type { Served } from './api/served.ts';
import { HookFile } from './hook-file.ts';
import { Outbox } from './outbox.ts';

/** What a server keeps in the user's own folder. */
export const ownFiles = (userFolder: string): Pick<Served, 'tokens' | 'hooks' | 'outbox'> => ({
  tokens: new Tokens(userFolder),
  hooks: new HookFile(userFolder),
  outbox: new Outbox(userFolder),
});
