import { computed, signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { providerOf } from '../../src/protocol/model-ref.ts';
import { showDuration } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { flatten } from '../model/agent-tree.ts';
import { bars, ticks, type Window } from '../model/timeline.ts';
import { chosenAgent, lastMoment, model, watched } from '../page.ts';
import { Card, Nothing } from '../parts/card.tsx';
import { showClock } from '../parts/clock.ts';
import { errorWord } from '../parts/error-word.ts';
import { Icon } from '../parts/icon.tsx';
import { colourOf, colours } from '../parts/provider-colours.ts';
import { Rows } from '../parts/rows.tsx';
import { markLook } from '../parts/states.ts';
import { taskTitle } from '../parts/task-title.ts';

const LANE = 24;
const LABEL = 160;
/** What the time at a tick takes. */
const TICK_LABEL = 36;

/** How much of the session is drawn, counted back from its end; undefined is all of it. */
const reach = signal<number | undefined>(undefined);
const reaches = [undefined, 30 * 60_000, 5 * 60_000];

const ids = computed(() => flatten(model.tables.agents.members(), new Set(), false).map(({ id }) => id));

const marksOf = computed(() => Map.groupBy(model.tables.marks.all(), mark => mark.agent));
const span = computed<Window>(() => {
  const session = model.session.value;
  const start = session?.startedAt ?? 0;
  const end = Math.max(start + 10_000, lastMoment.value);
  return { from: reach.value === undefined ? start : Math.max(start, end - reach.value), to: end };
});

/** Who worked when, with whose model, and where something went otherwise than planned. */
export function Timeline() {
  const [width, setWidth] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  const empty = ids.value.length === 0;
  useEffect(() => {
    const element = box.current;
    if (!element || empty) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(120, element.clientWidth - LABEL - 24)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [empty]);
  return (
    <Card title={l10n.t('Timeline')} icon="pulse" type="timeline" actions={!empty && <Reach />}>
      {empty ? (
        <Nothing>{l10n.t('Each agent that starts gets a line here.')}</Nothing>
      ) : (
        <div ref={box}>
          <Rows
            label={l10n.t('Timeline')}
            role="listbox"
            ids={ids.value}
            rowHeight={LANE}
            chosen={watched.value}
            onChoose={id => {
              chosenAgent.value = id;
            }}
            head={<Axis width={width} />}
            row={id => <Lane id={id} width={width} />}
          />
          <Legend />
        </div>
      )}
    </Card>
  );
}

function Reach() {
  const label = (ms: number | undefined) =>
    ms === undefined ? l10n.t('Whole session') : l10n.t('Last {0}', showDuration(ms));
  return (
    <select
      aria-label={l10n.t('Time shown')}
      value={String(reach.value ?? 0)}
      onChange={event => {
        reach.value = Number(event.currentTarget.value) || undefined;
      }}
    >
      {reaches.map(ms => (
        <option key={ms ?? 0} value={String(ms ?? 0)}>
          {label(ms)}
        </option>
      ))}
    </select>
  );
}

function Axis({ width }: { width: number }) {
  const { from, to } = span.value;
  const session = model.session.value;
  const start = session?.startedAt ?? from;
  const x = (at: number) => ((at - from) / (to - from)) * width;
  const axisTicks = ticks(span.value, start, width).filter(at => x(at) < width - TICK_LABEL);
  const phases = (session?.phases ?? []).filter(phase => (phase.endedAt ?? to) > from);
  return (
    <div class="row-head axis" aria-hidden="true" style={{ paddingLeft: `${LABEL}px` }}>
      <svg width={width} height={phases.length > 0 ? 38 : 20}>
        {phases.map(({ phase, startedAt, endedAt }, index) => {
          const left = Math.max(0, x(startedAt));
          const right = Math.min(width, x(endedAt ?? to));
          return (
            <g key={`${phase}-${startedAt}`}>
              <rect
                class={index % 2 ? 'phase odd' : 'phase'}
                x={left}
                y="0"
                width={Math.max(1, right - left)}
                height="17"
                rx="2"
              />
              <svg x={left} y="0" width={Math.max(1, right - left)} height="17">
                {right - left > phase.length * 7 && (
                  <text class="axis-text" x="5" y="12.5">
                    {phase}
                  </text>
                )}
              </svg>
            </g>
          );
        })}
        {axisTicks.map(at => (
          <g key={at}>
            <line class="tick" x1={x(at)} x2={x(at)} y1={phases.length > 0 ? 20 : 2} y2="38" />
            <text class="axis-text" x={x(at) + 3} y={phases.length > 0 ? 33 : 14}>
              {showClock(at - start)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function describe(mark: Row<'marks'>): string {
  const models = mark.from !== undefined && mark.to !== undefined ? ` ${mark.from} → ${mark.to}` : '';
  const text = mark.kind === 'retry' ? errorWord(mark.text) : mark.text;
  return `${markLook(mark.kind).label}${models}${text ? `: ${text}` : ''}`;
}

function Lane({ id, width }: { id: string; width: number }) {
  const agent = model.tables.agents.get(id);
  if (!agent) return null;
  const { from, to } = span.value;
  const now = agent.endedAt ?? lastMoment.value;
  const marks = (marksOf.value.get(id) ?? []).filter(({ at }) => at >= from && at <= to);
  const spoken = l10n.t(
    '{0}: {1}, {2}',
    agent.role,
    showDuration(now - agent.startedAt),
    marks.length > 0 ? marks.map(({ kind }) => markLook(kind).label).join(', ') : l10n.t('nothing unusual'),
  );
  return (
    <div class="lane">
      <span
        class="lane-label"
        title={agent.task === undefined ? agent.role : `${agent.role}: ${taskTitle(agent.task)}`}
      >
        {agent.task === undefined ? agent.role : taskTitle(agent.task)}{' '}
        {agent.task !== undefined && <span class="quiet">{agent.role}</span>}
      </span>
      <span class="hidden">{spoken}</span>
      <svg width={width} height={LANE} aria-hidden="true">
        <line class="lane-line" x1="0" x2={width} y1={LANE / 2} y2={LANE / 2} />
        {bars(model.lane(id), span.value, width, now).map(bar => (
          <rect
            key={bar.id}
            class={`bar bar-${bar.status} ${colourOf(bar.model && providerOf(bar.model))}`}
            x={bar.x}
            y={bar.status === 'running' ? 5 : 9}
            width={bar.width}
            height={bar.status === 'running' ? LANE - 10 : LANE - 18}
            rx="2"
          >
            <title>{bar.model ?? bar.status}</title>
          </rect>
        ))}
      </svg>
      {marks.map(mark => (
        <span
          key={mark.id}
          class={`mark tone-${markLook(mark.kind).tone}`}
          title={describe(mark)}
          style={{ left: `${LABEL + ((mark.at - from) / (to - from)) * width}px` }}
        >
          <Icon name={markLook(mark.kind).icon} />
        </span>
      ))}
    </div>
  );
}

function Legend() {
  const used = new Set(model.tables.marks.all().map(({ kind }) => kind));
  return (
    <ul class="legend" aria-label={l10n.t('Legend')}>
      {[...colours.value].map(([id, index]) => (
        <li key={id}>
          <span class={`swatch provider-${index}`} />
          {id}
        </li>
      ))}
      <li>
        <span class="swatch thin" />
        {l10n.t('waiting or paused')}
      </li>
      {(['failover', 'retry', 'escalation', 'fresh-attempt', 'denied', 'lead'] as const)
        .filter(kind => used.has(kind))
        .map(kind => (
          <li key={kind}>
            <Icon name={markLook(kind).icon} tone={markLook(kind).tone} />
            {markLook(kind).label}
          </li>
        ))}
    </ul>
  );
}
