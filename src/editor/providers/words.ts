import * as vscode from 'vscode';
import type { Diagnosis } from '../../core/doctor/doctor.ts';
import { plural, showDuration } from '../../protocol/show.ts';
import { type Description, spending } from '../agents/words.ts';
import type { Condition, Figures, ModelLine, ProviderLine } from './lines.ts';

const { t } = vscode.l10n;

const clock = (at: number) => new Date(at).toLocaleTimeString();

/** What a condition is called, for eyes and for screen readers. */
export function conditionWord(condition: Condition): string {
  switch (condition.kind) {
    case 'ready':
      return t('ready');
    case 'unasked':
      return t('not asked yet');
    case 'no-key':
      return t('no key');
    case 'parked':
      return t('{0} until {1}', faultWord(condition.error), clock(condition.until));
    case 'open':
      return t('resting after failures');
    case 'half-open':
      return t('trying again');
    case 'unreachable':
      return t('not reachable');
    case 'failing':
      return t('does not answer');
    case 'removed':
      return t('not set up any more');
    case 'fault':
      return faultWord(condition.error);
  }
}

/** What went wrong, in two words. */
export function faultWord(error: Diagnosis['error'] | string): string {
  switch (error) {
    case 'no-key':
      return t('no key');
    case 'rate-limit':
      return t('rate-limited');
    case 'auth':
      return t('key refused');
    case 'quota':
      return t('no credit');
    case 'model-missing':
      return t('model not available');
    case 'no-models':
      return t('no models');
    case 'no-route':
      return t('no model chosen');
    case 'no-price':
      return t('price unknown');
    case 'no-tool-call':
      return t('calls no tools');
    case 'retryable':
    case 'truncated':
      return t('not reachable');
    case 'aborted':
      return t('check cancelled');
    default:
      return t('does not work');
  }
}

const GOOD = 'testing.iconPassed';
const BAD = 'testing.iconFailed';
const WAIT = 'charts.yellow';
const QUIET = 'disabledForeground';

export function conditionIcon(condition: Condition, local: boolean): vscode.ThemeIcon {
  const [icon, colour] = iconOf(condition, local);
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
}

function iconOf(condition: Condition, local: boolean): [icon: string, colour: string] {
  switch (condition.kind) {
    case 'ready':
      return local ? ['device-desktop', GOOD] : ['pass', GOOD];
    case 'unasked':
      return local ? ['device-desktop', QUIET] : ['circle-large-outline', QUIET];
    case 'no-key':
      return ['key', 'notificationsWarningIcon.foreground'];
    case 'parked':
      return ['watch', WAIT];
    case 'open':
      return ['zap', BAD];
    case 'half-open':
      return ['refresh', WAIT];
    case 'unreachable':
      return ['debug-disconnect', BAD];
    case 'failing':
      return ['warning', 'notificationsWarningIcon.foreground'];
    case 'removed':
      return ['circle-slash', QUIET];
    case 'fault':
      return condition.error === 'retryable' ? ['debug-disconnect', BAD] : ['error', BAD];
  }
}

const joined = (parts: (string | undefined)[]) => parts.filter(part => part).join(' · ');

const switches = (count: number) =>
  count === 0 ? undefined : plural(count, t('left once'), t('left {0} times', count));
const percent = (share: number | undefined) => (share === undefined ? undefined : `${Math.round(100 * share)}%`);
const mean = (ms: number | undefined) => (ms === undefined ? undefined : showDuration(ms));
const used = ({ tally }: Figures) => (tally ? spending(tally) : undefined);

/** The more it matters, the further in front, since a narrow view cuts the end. */
export function describeProvider(line: ProviderLine): Description {
  const { condition, demo, local, account } = line;
  const word = conditionWord(condition);
  const flags = [demo ? t('demo') : undefined, local ? t('local') : undefined];
  // The icon says it, and those who do not see it are told.
  const said = condition.kind === 'ready' ? undefined : word;
  const where = account?.keyFrom === undefined ? undefined : t('key: {0}', account.keyFrom);
  const facts = line.tally
    ? [mean(line.meanMs), percent(line.success), switches(line.switchesAway), used(line)]
    : [where];
  return { shown: joined([...flags, said, ...facts]), whole: joined([word, ...flags, ...spoken(line), where]) };
}

export function describeModel(line: ModelLine): Description {
  const word = line.condition && conditionWord(line.condition);
  const facts = [mean(line.meanMs), percent(line.success), switches(line.switchesAway), used(line)];
  return { shown: joined([word, ...facts]), whole: joined([word, ...spoken(line)]) };
}

/** Figures that stand beside an icon need a name when they are read aloud. */
function spoken(line: Figures): (string | undefined)[] {
  const { meanMs, success, switchesAway } = line;
  return [
    meanMs === undefined ? undefined : t('answers in {0}', showDuration(meanMs)),
    success === undefined ? undefined : t('{0} of calls succeeded', percent(success) ?? ''),
    switches(switchesAway),
    used(line),
  ];
}

type Row = [name: string, value: string | undefined];

/** Everything a row has no room for, as name and value. */
export function factsOfProvider(line: ProviderLine): Row[] {
  const { condition, account, recent } = line;
  const last = recent.at(-1);
  const kind = line.demo ? t('a scripted model of the demo') : line.local ? t('a server on this machine') : undefined;
  return [
    [t('State'), joined([conditionWord(condition), 'models' in condition ? condition.models.join(', ') : undefined])],
    [t('Reason'), reasonOf(condition)],
    [t('What to do'), condition.kind === 'fault' ? condition.advice : undefined],
    [t('Kind'), kind],
    [t('Key'), account?.keyFrom],
    ...figures(line),
    [t('Latest answer'), last && showDuration(last.ms)],
    [t('First token'), last?.firstTokenMs === undefined ? undefined : showDuration(last.firstTokenMs)],
  ];
}

export const factsOfModel = (line: ModelLine): Row[] => [
  [t('State'), line.condition && conditionWord(line.condition)],
  [t('Reason'), line.condition && reasonOf(line.condition)],
  ...figures(line),
];

function reasonOf(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'parked':
      return joined([condition.model, condition.reason]);
    case 'unreachable':
    case 'fault':
      return condition.message;
    default:
      return undefined;
  }
}

function figures({ tally, meanMs, success, switchesAway }: Figures): Row[] {
  if (!tally) return [[t('Used'), t('not in this session')]];
  const ended = tally.succeeded + tally.failed;
  return [
    [t('Answers in'), meanMs === undefined ? t('not measured yet') : t('{0} on average', showDuration(meanMs))],
    [
      t('Success'),
      success === undefined
        ? t('not measured yet')
        : t('{0}: {1} of {2} calls', percent(success) ?? '', tally.succeeded, ended),
    ],
    [t('Left for another model'), switchesAway === 0 ? t('never') : String(switchesAway)],
    [t('Used'), spending(tally)],
  ];
}
