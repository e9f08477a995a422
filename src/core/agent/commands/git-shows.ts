import { checkRelPath } from '../../paths.ts';
import { foldersOf, type Workspace } from './places.ts';

/** Options with which only names and figures are shown, and those that bring the content back, joined to others or not. */
const onlyNames = /^--(name-only|name-status|stat|numstat|shortstat|dirstat|summary|raw|quiet|no-patch)|^-s$/;
const content = /^(-[A-Za-z0-9]*[pucmWU].*|--(patch|unified|cc|word-diff|color-words|function-context|check).*|-L.*)$/;

/** Those whose content is shown unless it is said otherwise, and those the other way round. */
const showing: Record<string, boolean> = { show: true, diff: true, log: false, whatchanged: false };

/** What git does not take together with `--name-only`, and what would change the names that it prints. */
const notWithNames = /^(--(name-only|name-status|check|quiet|no-patch|exit-code|graph|relative.*)|-s)$/;
/** A file in a commit, as `HEAD:x` and `HEAD@{0}:x`; `HEAD^{/x:y}` is a commit. */
const oneFile = /^(?!-)([^:{]|@\{[^:{}]*\})+:/;

/**
 * A file with secrets whose content a git command would show although nobody named it: git is asked for the names alone.
 * `unknown`: it cannot be found out, or takes too long.
 */
export function secretShown(verb: string, rest: readonly string[], workspace: Workspace): string | undefined {
  const { disk } = workspace;
  if (!disk || !Object.hasOwn(showing, verb)) return undefined;
  const dashes = rest.indexOf('--');
  const before = dashes < 0 ? rest : rest.slice(0, dashes);
  const after = dashes < 0 ? [] : rest.slice(dashes);
  const shows =
    before.some(text => content.test(text)) || (showing[verb] && !before.some(text => onlyNames.test(text)));
  // Lines of one file are of no other.
  if (!shows || before.some(text => text.startsWith('-L'))) return undefined;
  // Files that are named are judged by their names; a commit beside them is not.
  const asked = verb === 'show' ? before.filter(text => !oneFile.test(text)) : before;
  if (asked.length < before.length && asked.every(text => text.startsWith('-'))) return undefined;
  const format = verb === 'diff' ? [] : ['--format='];
  const names = [verb, ...asked.filter(text => !notWithNames.test(text)), '--name-only', '-z', ...format, ...after];
  for (const folder of foldersOf(workspace) ?? []) {
    const answer = disk.git(folder, names);
    if (!answer) return 'unknown';
    if (!answer.ok) {
      // What git does not understand in whole, it does not show either.
      const itself = disk.git(folder, [verb, ...rest]);
      if (!itself || itself.ok || itself.text !== '') return 'unknown';
    }
    const secret = answer.text.split(/[\0\n]/).find(isSecretName);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

export function isSecretName(name: string): boolean {
  const checked = checkRelPath(name);
  return !checked.ok && checked.reason === 'secret-file';
}
