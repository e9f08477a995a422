import { computed, signal } from '@preact/signals';
import { modelOf } from '../../src/protocol/model-ref.ts';
import { showCount } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { type AgentNode, flatten } from '../model/agent-tree.ts';
import { chosenAgent, hostNow, model, watched } from '../page.ts';
import { IconButton } from '../parts/button.tsx';
import { Card, Nothing } from '../parts/card.tsx';
import { showClock } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { Rows } from '../parts/rows.tsx';
import { agentLook } from '../parts/states.ts';
import { stepLines, stepsDone } from '../parts/steps.ts';
import { costOf, tokensOf } from '../parts/tally.ts';
import { taskTitle } from '../parts/task-title.ts';

const ROW = 26;
const INDENT = 14;
/** Those further down are not moved in any further: their names would have no room. */
const DEEPEST = 6;
const closed = signal<ReadonlySet<string>>(new Set());
const onlyActive = signal(false);

/** Who is at work: as a text, so that nothing is redone while it stays the same. */
const working = computed(() =>
  model.tables.agents
    .all()
    .filter(({ endedAt }) => endedAt === undefined)
    .map(({ id }) => id)
    .join('\n'),
);
/** Redone when agents come, begin or end. */
const nodes = computed(() => {
  working.value;
  return flatten(model.tables.agents.members(), closed.value, onlyActive.value);
});
const nodeOf = computed(() => new Map(nodes.value.map(node => [node.id, node])));
const ids = computed(() => nodes.value.map(({ id }) => id));

function setOpen(id: string, open: boolean): void {
  const node = nodeOf.value.get(id);
  if (!node) return;
  if (!node.children) {
    if (!open && node.parent !== undefined) chosenAgent.value = node.parent;
    return;
  }
  const next = new Set(closed.value);
  if (open) next.delete(id);
  else next.add(id);
  closed.value = next;
}

/** Who works on what, with which model, for how much. */
export function Agents() {
  const count = model.tables.agents.ids.value.length;
  return (
    <Card
      title={l10n.t('Agents')}
      icon="organization"
      type="agents"
      note={count > 0 ? String(count) : undefined}
      actions={
        <IconButton
          icon="eye"
          label={l10n.t('Only those at work')}
          pressed={onlyActive.value}
          onClick={() => {
            onlyActive.value = !onlyActive.value;
          }}
        />
      }
    >
      {count === 0 ? (
        <Nothing>{l10n.t('No agent has started yet.')}</Nothing>
      ) : (
        <Rows
          label={l10n.t('Agents')}
          role="treegrid"
          ids={ids.value}
          rowHeight={ROW}
          chosen={watched.value}
          onChoose={id => {
            chosenAgent.value = id;
          }}
          onOpen={setOpen}
          head={<Head />}
          row={id => <AgentRow id={id} />}
          attributes={id => {
            const node = nodeOf.value.get(id);
            if (!node) return {};
            return {
              'aria-level': node.level,
              ...(node.children && { 'aria-expanded': !closed.value.has(id) }),
            };
          }}
        />
      )}
    </Card>
  );
}

function Head() {
  return (
    <div role="rowgroup" class="row-head">
      <div role="row" class="agent-row" aria-rowindex={1}>
        <span role="columnheader">{l10n.t('Agent')}</span>
        <span role="columnheader" class="wide">
          {l10n.t('Doing')}
        </span>
        <span role="columnheader" class="middle">
          {l10n.t('Model')}
        </span>
        <span role="columnheader" class="number">
          {l10n.t('Tokens')}
        </span>
        <span role="columnheader" class="number">
          {l10n.t('Cost')}
        </span>
        <span role="columnheader" class="number time">
          {l10n.t('Time')}
        </span>
      </div>
    </div>
  );
}

function Twistie({ node }: { node: AgentNode }) {
  if (!node.children) return <span class="twistie" />;
  const open = !closed.value.has(node.id);
  return (
    <span
      class="twistie"
      onClick={event => {
        event.stopPropagation();
        setOpen(node.id, !open);
      }}
    >
      <Icon name={open ? 'chevron-down' : 'chevron-right'} />
    </span>
  );
}

function AgentRow({ id }: { id: string }) {
  const agent = model.tables.agents.get(id);
  const node = nodeOf.value.get(id);
  if (!agent || !node) return null;
  const look = agentLook(agent.status);
  const title = agent.task === undefined ? agent.role : taskTitle(agent.task);
  const streaming = model.streaming(id);
  const tokens = tokensOf(agent.tally) + streaming;
  const end = agent.endedAt ?? hostNow.value;
  const trouble = agent.failovers + agent.rungs.length;
  return (
    <div class="agent-row" role="presentation">
      <span
        role="gridcell"
        class="agent-name"
        style={{ paddingLeft: `${Math.min(node.level - 1, DEEPEST) * INDENT}px` }}
      >
        <Twistie node={node} />
        <Icon name={look.icon} label={look.label} spin={look.spin === true} tone={look.tone} />
        <span class="agent-role" title={title}>
          {title}
        </span>
        {agent.task !== undefined && <span class="quiet">{agent.role}</span>}
        {agent.attempt > 1 && <span class="tag">{l10n.t('try {0}', agent.attempt)}</span>}
        {trouble > 0 && (
          <Icon
            name={agent.rungs.some(({ rung }) => rung === 'escalation') ? 'flame' : 'arrow-swap'}
            label={l10n.t('failovers: {0}, interventions: {1}', agent.failovers, agent.rungs.length)}
            tone="wait"
          />
        )}
      </span>
      <span role="gridcell" class="wide quiet" title={stepLines(agent.steps) ?? agent.doing ?? agent.summary}>
        {[stepsDone(agent.steps), agent.doing ?? agent.summary ?? ''].filter(Boolean).join(' · ')}
      </span>
      <span role="gridcell" class="middle quiet" title={agent.model}>
        {agent.model === undefined ? '' : modelOf(agent.model)}
      </span>
      <span role="gridcell" class="number">
        {streaming > 0 ? `~${showCount(tokens)}` : showCount(tokens)}
      </span>
      <span role="gridcell" class="number">
        {costOf(agent.tally)}
      </span>
      <span role="gridcell" class="number time">
        {showClock(end - agent.startedAt)}
      </span>
    </div>
  );
}
