import { devNull } from 'node:os';

/**
 * What git is told in every command, whoever calls it: a repository that came along with the workspace's files is not
 * taken for one, and no program that a repository's own settings name is run where git lets that be said from outside.
 */
const settings: [key: string, value: string][] = [
  // A folder with the insides of a repository can be committed, settings and all; one only counts where it is named.
  ['safe.bareRepository', 'explicit'],
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', devNull],
  ['core.pager', 'cat'],
  ['log.showSignature', 'false'],
];

export const gitEnvironment: Record<string, string> = {
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'false',
  GIT_SEQUENCE_EDITOR: 'false',
  GIT_ASKPASS: 'false',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_CONFIG_COUNT: String(settings.length),
  ...Object.fromEntries(
    settings.flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ]),
  ),
};
