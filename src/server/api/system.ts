import * as z from 'zod';
import { rowsOf } from '../../dashboard/rows/tables.ts';
import { Doctor, pageOf, RoleItem, TokenItem, WhoAmI } from '../../protocol/api.ts';
import { tables } from '../../protocol/dashboard-rows.ts';
import { ProblemError } from '../problem.ts';
import { route } from './route.ts';
import { workspaceNamed, writable } from './served.ts';
import { InWorkspace } from './sessions.ts';

export const systemRoutes = [
  route({
    id: 'whoAmI',
    path: '/whoami',
    summary: 'Whose token it is, and what for',
    answer: WhoAmI,
    async handle({ holder, served }) {
      return { json: { token: holder.name, access: holder.access, version: served.version } };
    },
  }),
  route({
    id: 'listTokens',
    path: '/tokens',
    summary: 'The tokens that were named, never their text',
    access: 'full',
    answer: pageOf(TokenItem),
    async handle({ served }) {
      return { json: { items: await served.tokens.list() } };
    },
  }),
  route({
    id: 'revokeToken',
    method: 'DELETE',
    path: '/tokens/{name}',
    summary: 'Revokes a token, at once: streams that it reads end',
    params: z.object({ name: z.string().max(64) }),
    answer: z.object({ revoked: z.string() }),
    async handle({ served, params: { name } }) {
      if (!(await served.tokens.revoke(name))) throw new ProblemError('not-found', `There is no token "${name}".`);
      return { json: { revoked: name } };
    },
  }),
  route({
    id: 'listRoles',
    path: '/roles',
    summary: 'The specialists of a workspace: built in, and its own',
    query: InWorkspace,
    answer: pageOf(RoleItem),
    async handle({ served, query }) {
      const roles = await workspaceNamed(served, query.workspace).host.runtime.roles();
      return { json: { items: roles.map(({ name, description }) => ({ name, description })) } };
    },
  }),
  route({
    id: 'listProviders',
    path: '/providers',
    summary: 'Providers as the sessions that run now see them: health, breakers, what rests and until when',
    query: InWorkspace,
    answer: pageOf(tables.providers),
    async handle({ served, query }) {
      const { host } = workspaceNamed(served, query.workspace);
      const running = host.sessions.sessions.filter(({ runs }) => runs);
      const rows = new Map<string, z.infer<typeof tables.providers>>();
      // The newest goes last, and has the last word.
      for (const { state, runs } of running.toReversed())
        for (const row of rowsOf(state, ['providers'], runs).providers) rows.set(row.id, row);
      return { json: { items: [...rows.values()] } };
    },
  }),
  route({
    id: 'diagnose',
    method: 'POST',
    path: '/doctor',
    summary: 'Asks every provider for its models and one tiny answer, and looks for CLI agents and the sandbox',
    query: InWorkspace.extend({ provider: z.string().max(200).optional() }),
    answer: Doctor,
    async handle({ served, query, signal }) {
      const { host } = writable(workspaceNamed(served, query.workspace));
      const { problems, diagnoses, workers, sandbox } = await host.runtime.diagnose(signal, query.provider);
      const plain = { problems, diagnoses, workers, sandbox } as unknown as z.infer<typeof Doctor>;
      return { json: plain };
    },
  }),
];
