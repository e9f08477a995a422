import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { chosenAgent, model } from '../page.ts';
import { IconButton } from '../parts/button.tsx';
import { Card, Nothing } from '../parts/card.tsx';
import { showTime } from '../parts/clock.ts';
import { errorWord } from '../parts/error-word.ts';
import { Icon } from '../parts/icon.tsx';
import { markLook, severityLook } from '../parts/states.ts';
import { taskTitle } from '../parts/task-title.ts';
import { Picture } from './picture.tsx';
import { Full } from './task-detail.tsx';

/** Lists show their latest; what is older is in the log and in the report. */
const MOST = 60;
const RANK = ['blocker', 'major', 'minor', 'note'];
const showResolved = signal(false);

interface LatestProps<Item> {
  items: readonly Item[];
  /** Said where there is none. */
  none: string;
  line(item: Item): ComponentChildren;
}

function Latest<Item>({ items, none, line }: LatestProps<Item>) {
  if (items.length === 0) return <Nothing>{none}</Nothing>;
  const left = items.length - MOST;
  return (
    <>
      <Scrolled>{items.slice(0, MOST).map(line)}</Scrolled>
      {left > 0 && <p class="quiet">{l10n.t('{0} older ones are in the report.', left)}</p>}
    </>
  );
}

/** A list that scrolls: by keys, too. */
function Scrolled({ children }: { children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <ul class="list" tabIndex={0}>
      {children}
    </ul>
  );
}

const roleOf = (agent: string) => model.tables.agents.get(agent)?.role ?? agent;

/** What has to hold before the session counts as complete. */
export function Checklist() {
  const items = model.overview.value?.checklist ?? [];
  if (items.length === 0) return null;
  const held = items.filter(({ ok }) => ok).length;
  return (
    <Card
      title={l10n.t('Completion')}
      icon="checklist"
      type="checklist"
      note={l10n.t('{0} of {1}', held, items.length)}
    >
      <Scrolled>
        {items.map(({ id, label, ok, detail }) => (
          <li key={id}>
            <Icon
              name={ok ? 'pass-filled' : 'circle-large-outline'}
              label={ok ? l10n.t('holds') : l10n.t('open')}
              tone={ok ? 'good' : 'calm'}
            />
            <span>
              {label}
              {detail !== undefined && <span class="quiet item-detail">{detail}</span>}
            </span>
          </li>
        ))}
      </Scrolled>
    </Card>
  );
}

interface Problem {
  id: string;
  severity: Row<'issues'>['severity'];
  by: string;
  task?: string | undefined;
  text: string;
  at: number;
  resolved?: string | undefined;
  path?: string | undefined;
  line?: number | undefined;
  picture?: string | undefined;
}

/** What agents reported and reviewers found. */
export function Problems() {
  const findings = model.tables.findings
    .all()
    .map(({ agent, ...row }): Problem => ({ ...row, id: `f${row.id}`, by: agent }));
  const issues = model.tables.issues.all().map((row): Problem => ({ ...row, id: `i${row.id}` }));
  const all: Problem[] = [...issues, ...findings];
  const open = all.filter(({ resolved }) => resolved === undefined);
  const shown = (showResolved.value ? all : open).sort(
    (a, b) =>
      Number(a.resolved !== undefined) - Number(b.resolved !== undefined) ||
      RANK.indexOf(a.severity) - RANK.indexOf(b.severity) ||
      b.at - a.at,
  );
  return (
    <Card
      title={l10n.t('Issues and findings')}
      icon="issues"
      type="problems"
      note={all.length > 0 ? l10n.t('{0} open, {1} resolved', open.length, all.length - open.length) : undefined}
      actions={
        all.length > open.length && (
          <IconButton
            icon="pass"
            label={l10n.t('Show resolved ones')}
            pressed={showResolved.value}
            onClick={() => {
              showResolved.value = !showResolved.value;
            }}
          />
        )
      }
    >
      <Latest
        items={shown}
        none={all.length === 0 ? l10n.t('Nobody has found anything.') : l10n.t('All are resolved.')}
        line={problem => <ProblemLine key={problem.id} problem={problem} />}
      />
    </Card>
  );
}

function ProblemLine({ problem }: { problem: Problem }) {
  const { severity, text, by, task, path, line, picture, resolved } = problem;
  const shows = picture === undefined ? undefined : model.tables.artifacts.get(picture);
  const look = severityLook(severity);
  return (
    <li class={resolved === undefined ? '' : 'resolved'}>
      {resolved === undefined ? (
        <Icon name={look.icon} label={look.label} tone={look.tone} />
      ) : (
        <Icon name="pass" label={l10n.t('resolved')} tone="good" />
      )}
      <span>
        {text}
        <span class="quiet item-detail">
          {path !== undefined && (
            <button
              type="button"
              class="link"
              onClick={() => tell({ type: 'open-file', path, ...(line !== undefined && { line }) })}
            >
              {line === undefined ? path : `${path}:${line}`}
            </button>
          )}{' '}
          {[roleOf(by), task === undefined ? undefined : taskTitle(task), resolved]
            .filter(fact => fact !== undefined)
            .join(' · ')}
        </span>
        {shows && <Picture key={shows.blob} name={shows.id} blob={shows.blob} />}
      </span>
    </li>
  );
}

/** Failovers, retries, interventions, denials: what went otherwise than planned, latest first. */
export function Incidents() {
  // A turn of the lead is neither; what it decided stands among the decisions.
  const marks = model.tables.marks
    .all()
    .filter(({ kind }) => kind !== 'lead')
    .sort((a, b) => Number(b.id) - Number(a.id));
  return (
    <Card
      title={l10n.t('Escalations and failovers')}
      icon="flame"
      type="incidents"
      note={marks.length > 0 ? String(marks.length) : undefined}
    >
      <Latest
        items={marks}
        none={l10n.t('Everything went as planned so far.')}
        line={mark => <MarkLine key={mark.id} mark={mark} />}
      />
    </Card>
  );
}

function MarkLine({ mark: { kind, agent, from, to, text, at } }: { mark: Row<'marks'> }) {
  const look = markLook(kind);
  const models = to === undefined ? from : from === undefined ? to : `${from} → ${to}`;
  return (
    <li>
      <Icon name={look.icon} tone={look.tone} />
      <span>
        <strong>{look.label}</strong> {kind === 'retry' ? errorWord(text) : text}
        <span class="quiet item-detail">
          {agent !== undefined && (
            <button
              type="button"
              class="link"
              onClick={() => {
                chosenAgent.value = agent;
              }}
            >
              {roleOf(agent)}
            </button>
          )}{' '}
          {[models, showTime(at)].filter(fact => fact !== undefined).join(' · ')}
        </span>
      </span>
    </li>
  );
}

/** Why things are as they are. */
export function Decisions() {
  const decisions = model.tables.decisions.all().sort((a, b) => Number(b.id) - Number(a.id));
  return (
    <Card
      title={l10n.t('Decisions')}
      icon="law"
      type="decisions"
      note={decisions.length > 0 ? String(decisions.length) : undefined}
    >
      <Latest
        items={decisions}
        none={l10n.t('No decision has been noted yet.')}
        line={({ id, by, text, rationale, task, at }) => (
          <li key={id}>
            <Icon name="lightbulb" />
            <span>
              {text}
              <span class="item-detail">{rationale}</span>
              <span class="quiet item-detail">
                {[roleOf(by), task === undefined ? undefined : taskTitle(task), showTime(at)]
                  .filter(fact => fact !== undefined)
                  .join(' · ')}
              </span>
            </span>
          </li>
        )}
      />
    </Card>
  );
}

/** What tasks hand to each other. */
export function Artifacts() {
  const artifacts = model.tables.artifacts.all();
  if (artifacts.length === 0) return null;
  return (
    <Card title={l10n.t('Artifacts')} icon="archive" type="artifacts" note={String(artifacts.length)}>
      <Scrolled>
        {artifacts.slice(0, MOST).map(({ id, version, agent, mediaType, bytes, blob }) => (
          <li key={id}>
            <Icon name={mediaType.startsWith('image/') ? 'file-media' : 'file'} />
            <span>
              {id} <span class="tag">{l10n.t('version {0}', version)}</span>
              <span class="quiet item-detail">
                {[roleOf(agent), mediaType, l10n.t('{0} bytes', bytes)].join(' · ')}
              </span>
              {mediaType.startsWith('image/') ? (
                <Picture key={blob} name={id} blob={blob} />
              ) : (
                <Full key={blob} label={l10n.t('Show')} what={{ kind: 'blob', blob }} />
              )}
            </span>
          </li>
        ))}
      </Scrolled>
    </Card>
  );
}
