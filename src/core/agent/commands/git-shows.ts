import { checkRelPath } from '../../paths.ts';
import { foldersOf, type Workspace } from './places.ts';

/** Options with which only names and figures are shown, and those that bring the content back. */
const onlyNames = /^--(name-only|name-status|stat|numstat|shortstat|dirstat|summary|raw|quiet|no-patch)|^-s$/;
const content = /^(-[A-Za-z]*[pucmW]|-U\d*|--(patch|unified|cc|word-diff|color-words|function-context|check).*|-L.*)$/;

/** Those whose content is shown unless it is said otherwise, and those the other way round. */
const showing: Record<string, boolean> = { show: true, diff: true, log: false, whatchanged: false };

/**
 * A file with secrets whose content a git command would show although nobody named it: git is asked for the names alone.
 * `unknown`: it takes too long to find out.
 */
export function secretShown(verb: string, rest: readonly string[], workspace: Workspace): string | undefined {
  if (!workspace.disk || !Object.hasOwn(showing, verb)) return undefined;
  const dashes = rest.indexOf('--');
  const before = dashes < 0 ? rest : rest.slice(0, dashes);
  const after = dashes < 0 ? [] : rest.slice(dashes);
  const shows =
    before.some(text => content.test(text)) || (showing[verb] && !before.some(text => onlyNames.test(text)));
  if (!shows) return undefined;
  const kept = before.filter(text => !onlyNames.test(text) && !content.test(text));
  const format = verb === 'diff' ? [] : ['--format='];
  for (const folder of foldersOf(workspace) ?? []) {
    const names = workspace.disk.gitNames(folder, [verb, ...kept, '--name-only', '-z', ...format, ...after]);
    if (!names) return 'unknown';
    const secret = names.find(name => {
      const checked = checkRelPath(name);
      return !checked.ok && checked.reason === 'secret-file';
    });
    if (secret !== undefined) return secret;
  }
  return undefined;
}
