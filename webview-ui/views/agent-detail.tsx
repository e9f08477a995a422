import { useState } from 'preact/hooks';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import type { InboxRequest } from '../../src/protocol/inbox.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { ask, model, watched } from '../page.ts';
import { IconButton, Twice } from '../parts/button.tsx';
import { Card } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Line } from '../parts/line.tsx';
import { agentLook, markLook } from '../parts/states.ts';
import { taskTitle } from '../parts/task-title.ts';
import { LiveText } from './live-text.tsx';

type Agent = Row<'agents'>;
const atWork = new Set(['running', 'pausing', 'waiting', 'paused']);

/** One agent: what it says right now, and its controls. */
export function AgentDetail() {
  const id = watched.value;
  const agent = id === undefined ? undefined : model.tables.agents.get(id);
  if (!agent) return null;
  return <Detail key={agent.id} agent={agent} />;
}

type Form = 'nudge' | 'reassign' | undefined;

function Detail({ agent }: { agent: Agent }) {
  const look = agentLook(agent.status);
  const [form, setForm] = useState<Form>(undefined);
  const [said, setSaid] = useState<{ ok: boolean; text: string } | undefined>(undefined);
  const request = async (body: InboxRequest, done: string) => {
    const { ok, message } = await ask(body);
    setSaid({ ok, text: ok ? done : (message ?? l10n.t('It was refused.')) });
    if (ok) setForm(undefined);
  };
  const toggle = (wanted: Form) => setForm(form === wanted ? undefined : wanted);
  const { id } = agent;
  return (
    <Card
      title={agent.task === undefined ? agent.role : taskTitle(agent.task)}
      icon="robot"
      type="agent-detail"
      note={
        <>
          <Icon name={look.icon} tone={look.tone} spin={look.spin === true} /> {look.label}
        </>
      }
      actions={
        <>
          <IconButton
            icon="comment-discussion"
            label={l10n.t('Open transcript')}
            onClick={() => tell({ type: 'open-transcript', session: model.session.peek()?.session ?? '', agent: id })}
          />
          {atWork.has(agent.status) && (
            <>
              {agent.paused ? (
                <IconButton
                  icon="debug-continue"
                  label={l10n.t('Continue agent')}
                  onClick={() => void request({ kind: 'unpause', agent: id }, l10n.t('It goes on.'))}
                />
              ) : (
                <IconButton
                  icon="debug-pause"
                  label={l10n.t('Pause agent')}
                  onClick={() => void request({ kind: 'pause', agent: id }, l10n.t('Paused.'))}
                />
              )}
              <IconButton
                icon="megaphone"
                label={l10n.t('Nudge agent')}
                pressed={form === 'nudge'}
                onClick={() => toggle('nudge')}
              />
              <IconButton
                icon="target"
                label={l10n.t('Reassign model')}
                pressed={form === 'reassign'}
                onClick={() => toggle('reassign')}
              />
              <Twice
                icon="debug-stop"
                label={l10n.t('Abort agent')}
                question={l10n.t('Abort this agent?')}
                onSure={() => void request({ kind: 'abort', agent: id }, l10n.t('Aborted.'))}
              />
            </>
          )}
        </>
      }
    >
      <Facts agent={agent} />
      {form === 'nudge' && (
        <Line
          label={l10n.t('Say to the agent before its next turn')}
          button={l10n.t('Nudge')}
          onSend={text => void request({ kind: 'nudge', agent: id, text }, l10n.t('It will be told.'))}
        />
      )}
      {form === 'reassign' && (
        <Line
          label={l10n.t('Model, as provider/model')}
          button={l10n.t('Reassign')}
          value={agent.model ?? ''}
          choices={[...new Set([...agent.route, ...model.tables.models.ids.value])]}
          valid={text => /^[A-Za-z0-9][\w.-]*\/\S+$/.test(text)}
          onSend={text =>
            void request({ kind: 'reassign', agent: id, route: [text] }, l10n.t('From the next call on.'))
          }
        />
      )}
      {said && (
        <p class={said.ok ? 'quiet' : 'failed'} role="status">
          {said.text}
        </p>
      )}
      <LiveText agent={agent} />
    </Card>
  );
}

function Facts({ agent }: { agent: Agent }) {
  const last = agent.rungs.at(-1);
  return (
    <div class="facts">
      <p>
        {agent.task !== undefined && <span class="tag">{agent.role}</span>}
        <span class="quiet">{agent.model ?? agent.route[0] ?? l10n.t('no model yet')}</span>
        <span class="quiet">
          {l10n.t('turns: {0}, tool calls: {1}', agent.turns, agent.tools)}
          {agent.failovers > 0 ? `, ${l10n.t('failovers: {0}', agent.failovers)}` : ''}
        </span>
      </p>
      {last && (
        <p class="quiet">
          <Icon name={markLook(last.rung).icon} tone={markLook(last.rung).tone} /> {markLook(last.rung).label}:{' '}
          {last.reason}
        </p>
      )}
    </div>
  );
}
