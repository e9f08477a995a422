import type { Check } from '../../../protocol/plan.ts';
import { commandsOfChecks } from '../../plan/task-kind.ts';
import type { SessionState } from '../state.ts';

/** Programs that run what a file of the workspace tells them, and the names of such files. */
const runners: [program: RegExp, file: RegExp][] = [
  [/(?:^|[\s;&|(])(?:npm|pnpm|yarn|bun)(?=\s|$)/, /^package\.json$/],
  [/(?:^|[\s;&|(])g?make(?=\s|$)/, /^(?:GNU)?makefile$/i],
  [/(?:^|[\s;&|(])just(?=\s|$)/, /^\.?justfile$/i],
  [/(?:^|[\s;&|(])(?:tox|nox|hatch|poetry|pdm|uv)(?=\s|$)/, /^(?:tox\.ini|noxfile\.py|pyproject\.toml)$/],
  [/(?:^|[\s;&|(])(?:\.\/)?(?:gradlew?|mvnw?)(?=\s|$)/, /^(?:build\.gradle(?:\.kts)?|pom\.xml)$/],
  [/(?:^|[\s;&|(])(?:rake|bundle)(?=\s|$)/, /^rakefile$/i],
  [/(?:^|[\s;&|(])deno(?=\s|$)/, /^deno\.jsonc?$/],
];

/** A file that says what a check runs, written by those whose work the check is to prove. */
export interface DecidedBy {
  path: string;
  agents: string[];
}

/** Whose word a check's command is: `npm test` means whatever an agent wrote into package.json. */
export function decidedBy(state: SessionState, check: Check): DecidedBy[] {
  const command = commandsOfChecks([check]).join('\n');
  if (command === '') return [];
  const words = new Set(command.split(/[\s;&|()'"=]+/).map(word => word.replace(/^\.\//, '')));
  const files = runners.flatMap(([program, file]) => (program.test(command) ? [file] : []));
  return [...state.files.values()]
    .filter(({ path, status, agents }) => {
      if (status === 'rejected' || agents.length === 0) return false;
      const name = path.slice(path.lastIndexOf('/') + 1);
      return words.has(path) || files.some(file => file.test(name));
    })
    .map(({ path, agents }) => ({ path, agents: [...agents] }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
