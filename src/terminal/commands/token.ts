import { oneLine } from '../../core/plain.ts';
import { Name } from '../../protocol/ids.ts';
import { LOCAL } from '../../server/access/tokens.ts';
import { tokensOf } from '../../server/serve.ts';
import { table } from '../style.ts';
import { type Call, EXIT, print, printJson, type Terminal, UsageError } from '../terminal.ts';

/** `orchestrate token add NAME | list | revoke NAME` */
export async function token(terminal: Terminal, call: Call): Promise<number> {
  const [verb = 'list', name, more] = call.words;
  const tokens = tokensOf(terminal.environment);
  if (more !== undefined) throw new UsageError('Write: orchestrate token add NAME | list | revoke NAME');
  switch (verb) {
    case 'add': {
      const access = call.options['read-only'] === true ? 'read' : 'full';
      const made = await tokens.add(nameOf(name), access, terminal.clock.now());
      if (made === 'taken')
        throw new UsageError(`There is a token "${name}" already. Revoke it first, or choose another name.`);
      if (call.options.json) printJson(terminal, { name, access, token: made });
      else
        print(
          terminal,
          `${made}\n${terminal.style.dim('It is shown this once. Whoever has it is known as its name.')}`,
        );
      return EXIT.done;
    }
    case 'list': {
      const all = await tokens.list();
      if (call.options.json) for (const each of all) printJson(terminal, each);
      else {
        const rows = all.map(({ name, access, createdAt }) => [name, access, new Date(createdAt).toLocaleString()]);
        print(terminal, table([['NAME', 'FOR', 'MADE'], [LOCAL, 'full', `in ${tokens.file}`], ...rows]));
      }
      return EXIT.done;
    }
    case 'revoke':
      if (!(await tokens.revoke(nameOf(name)))) throw new UsageError(`There is no token "${oneLine(name ?? '')}".`);
      print(terminal, `Revoked: ${oneLine(name ?? '')} opens nothing any more.`);
      return EXIT.done;
    default:
      throw new UsageError(`token takes add, list or revoke, not "${oneLine(verb)}".`);
  }
}

function nameOf(name: string | undefined): string {
  const parsed = Name.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    name === undefined
      ? 'Which token? Write its name.'
      : `"${oneLine(name)}" is no name: ${parsed.error.issues[0]?.message}.`,
  );
}
