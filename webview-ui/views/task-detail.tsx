import { useState } from 'preact/hooks';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { plural, showDuration } from '../../src/protocol/show.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { chosenAgent, chosenTask, fetchText, hostNow, model } from '../page.ts';
import { IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { taskLook } from '../parts/states.ts';
import { costOf } from '../parts/tally.ts';

type Task = Row<'tasks'>;
const undone = new Set(['failed', 'cancelled', 'skipped']);

/** The chosen task: why it stands where it stands, its rounds, and its proof. */
export function TaskDetail() {
  const id = chosenTask.value;
  const task = id === undefined ? undefined : model.tables.tasks.get(id);
  return task ? <Detail key={task.id} task={task} /> : null;
}

function Detail({ task }: { task: Task }) {
  const look = taskLook(task.status);
  const end = task.endedAt ?? hostNow.value;
  return (
    <section class="detail" aria-label={task.title}>
      <header>
        <h3>{task.title}</h3>
        <span class={`tone-${look.tone}`}>
          <Icon name={look.icon} /> {look.label}
        </span>
        {undone.has(task.status) && (
          <IconButton
            icon="refresh"
            label={l10n.t('Retry')}
            onClick={() => tell({ type: 'retry-task', session: model.session.peek()?.session ?? '', task: task.id })}
          />
        )}
        <IconButton
          icon="close"
          label={l10n.t('Close')}
          onClick={() => {
            chosenTask.value = undefined;
          }}
        />
      </header>
      {task.note !== undefined && <p>{task.note}</p>}
      <p class="quiet">
        {[
          task.phase,
          task.startedAt === undefined ? undefined : showDuration(end - task.startedAt),
          costOf(task.tally),
          task.optional ? l10n.t('optional') : undefined,
          task.writes.length > 0 ? l10n.t('writes {0}', task.writes.join(', ')) : undefined,
        ]
          .filter(fact => fact !== undefined)
          .join(' · ')}
      </p>
      {task.agents.length > 0 && (
        <p class="buttons">
          {task.agents.slice(-12).map(agent => (
            <button
              key={agent}
              type="button"
              class="link"
              onClick={() => {
                chosenAgent.value = agent;
              }}
            >
              {model.tables.agents.get(agent)?.role ?? agent}
            </button>
          ))}
        </p>
      )}
      {task.rounds.length > 0 && <Rounds rounds={task.rounds} />}
      {task.checks.length > 0 && (
        <ul class="checks">
          {task.checks.map(check => (
            <CheckLine key={`${check.id}`} check={check} />
          ))}
        </ul>
      )}
      <Full label={l10n.t('Show instructions')} what={{ kind: 'instructions', task: task.id }} />
    </section>
  );
}

function Rounds({ rounds }: { rounds: Task['rounds'] }) {
  const names = { implement: l10n.t('implement'), review: l10n.t('review'), fix: l10n.t('fix') };
  return (
    <ol class="rounds" aria-label={l10n.t('Rounds')}>
      {rounds.map(({ round, kind, openBlockers }, index) => (
        <li key={index}>
          <span class="tag">
            {names[kind]} {round}
          </span>
          {openBlockers !== undefined && openBlockers > 0 && (
            <span class="tone-bad">
              {plural(openBlockers, l10n.t('1 blocker'), l10n.t('{0} blockers', openBlockers))}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function CheckLine({ check }: { check: Task['checks'][number] }) {
  const { ok, label, ms, exit, tests, output, interrupted } = check;
  const facts = [
    showDuration(ms),
    exit === undefined ? undefined : l10n.t('exit {0}', exit),
    tests && l10n.t('{0} passed, {1} failed', tests.passed, tests.failed),
    interrupted ? l10n.t('interrupted') : undefined,
  ].filter(fact => fact !== undefined);
  return (
    <li>
      <Icon name={ok ? 'pass' : 'error'} label={ok ? l10n.t('passed') : l10n.t('failed')} tone={ok ? 'good' : 'bad'} />{' '}
      <code>{label}</code> <span class="quiet">{facts.join(' · ')}</span>
      {output && output.text.trim() !== '' && (
        <details>
          <summary>{l10n.t('Output')}</summary>
          <pre>{output.text}</pre>
          {output.blob !== undefined && (
            <Full label={l10n.t('Show all of it')} what={{ kind: 'blob', blob: output.blob }} />
          )}
        </details>
      )}
    </li>
  );
}

/** Something long, fetched when the person wants to read it. */
export function Full({ label, what }: { label: string; what: Parameters<typeof fetchText>[0] }) {
  const [found, setFound] = useState<Awaited<ReturnType<typeof fetchText>> | undefined>(undefined);
  if (!found)
    return (
      <button type="button" class="link" onClick={() => void fetchText(what).then(setFound)}>
        {label}
      </button>
    );
  if (!found.ok) return <p class="failed">{l10n.t('It could not be read.')}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre class="full" tabIndex={0}>
        {found.text}
      </pre>
      {found.omitted > 0 && <p class="quiet">{l10n.t('{0} characters more', found.omitted)}</p>}
    </>
  );
}
