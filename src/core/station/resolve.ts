import { Name } from '../../protocol/ids.ts';
import type { Member, MemberEntry } from '../../protocol/member.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import { own } from '../own.ts';
import { hint } from '../plan/suggest.ts';

/** What a person says of the team when it starts. */
export interface TeamWords {
  /** Pools with the names of their members, as on the command line. */
  pools: readonly { name: string; members: readonly string[] }[];
  /** What goes on when all others cannot, or are not paid any more. */
  fallback?: string;
}

/** What there is to choose from. */
export interface Known {
  members: Readonly<Record<string, MemberEntry>>;
  roles: readonly string[];
  providers: readonly string[];
  /** CLI agents that the user has set up. */
  workers: readonly string[];
}

export interface ResolvedTeam {
  members: Member[];
  /** What keeps the team from starting. */
  problems: string[];
  /** What was understood otherwise than it may be meant. */
  notes: string[];
}

/** Whose models they are that people call so. */
const VENDORS: Readonly<Record<string, string>> = {
  claude: 'anthropic',
  codex: 'openai',
  gpt: 'openai',
  chatgpt: 'openai',
  gemini: 'google',
  local: 'ollama',
};

/** What a name says of the work of who bears it. */
const WORK: readonly [pattern: RegExp, role: string][] = [
  [/(^|[._-])(qa|test|tests|tester|testing|comet)\d*($|[._-])/i, 'qa-specialist'],
  [/(^|[._-])(review|reviewer|reviews)\d*($|[._-])/i, 'reviewer'],
  [/(^|[._-])(docs?|documentation|writer)\d*($|[._-])/i, 'documentation'],
  [/(^|[._-])(ops|devops|deploy|prod)\d*($|[._-])/i, 'devops'],
];

/** Who the team is: what the configuration says of members, and whom the command line names beside them. */
export function resolveTeam({ pools, fallback }: TeamWords, known: Known): ResolvedTeam {
  const problems: string[] = [];
  const notes: string[] = [];
  const members = new Map<string, Member>();
  for (const [name, entry] of Object.entries(known.members))
    members.set(name, completed(name, entry, entry.pool, known));
  const seen = new Map<string, string>();
  for (const pool of pools) {
    if (!Name.safeParse(pool.name).success) problems.push(`"${pool.name}" cannot be the name of a pool`);
    if (pool.members.length === 0) problems.push(`the pool "${pool.name}" has no members: --${pool.name}-pool NAME,…`);
    for (const name of pool.members) {
      const other = seen.get(name);
      if (!Name.safeParse(name).success) problems.push(`"${name}" cannot be the name of a member`);
      else if (other !== undefined) problems.push(`"${name}" is in the pool "${other}" already`);
      seen.set(name, pool.name);
      members.set(name, completed(name, own(known.members, name) ?? {}, pool.name, known));
    }
    const unnamed = pool.members.filter(name => !Object.hasOwn(known.members, name));
    if (unnamed.length > 0 && !namesSomething(pool.name, known))
      notes.push(
        `"${pool.name}" names no provider and no CLI agent that is set up: ${unnamed.join(', ')} work with the usual models`,
      );
  }
  for (const member of members.values()) problems.push(...wrongWith(member, known));
  if (fallback !== undefined && !known.providers.includes(fallback))
    problems.push(`there is no provider "${fallback}" to fall back on${hint(fallback, known.providers)}`);
  if (members.size === 0 && problems.length === 0)
    problems.push(
      'The team has no members. Name some (orchestrate start --pool build=anna,ben), or write members: into the configuration.',
    );
  return { members: [...members.values()], problems, notes };
}

const vendorOf = (name: string): string => own(VENDORS, name.toLowerCase()) ?? name;
const namesSomething = (name: string, { providers, workers }: Known) =>
  workers.includes(name) || providers.includes(vendorOf(name));

function completed(name: string, entry: MemberEntry, pool: string | undefined, known: Known): Member {
  const said = entry.worker !== undefined || entry.provider !== undefined || entry.models !== undefined;
  const provider = pool === undefined ? undefined : vendorOf(pool);
  const worker = pool !== undefined && known.workers.includes(pool) ? pool : undefined;
  return {
    ...entry,
    name,
    role: entry.role ?? roleOf(name, pool, known.roles),
    ...(pool !== undefined && { pool }),
    ...(!said && worker !== undefined && { worker }),
    ...(!said && provider !== undefined && known.providers.includes(provider) && { provider }),
  };
}

function roleOf(name: string, pool: string | undefined, roles: readonly string[]): string {
  for (const one of [name, pool ?? '']) if (roles.includes(one)) return one;
  for (const one of [name, pool ?? '']) {
    const found = WORK.find(([pattern, role]) => pattern.test(one) && roles.includes(role));
    if (found) return found[1];
  }
  return 'implementer';
}

function wrongWith({ name, role, models = [], provider, worker }: Member, known: Known): string[] {
  const wrong: string[] = [];
  if (!known.roles.includes(role)) wrong.push(`${name}: there is no role "${role}"${hint(role, known.roles)}`);
  if (worker !== undefined && !known.workers.includes(worker))
    wrong.push(`${name}: no CLI agent "${worker}" is set up${hint(worker, known.workers)}`);
  for (const of of [...models.map(providerOf), ...(provider === undefined ? [] : [provider])])
    if (!known.providers.includes(of)) wrong.push(`${name}: there is no provider "${of}"${hint(of, known.providers)}`);
  return wrong;
}
