import { useEffect, useState } from 'preact/hooks';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { plural } from '../../src/protocol/show.ts';
import { l10n } from '../l10n.ts';
import { announcement, ask, chosenAgent, model } from '../page.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Card } from '../parts/card.tsx';
import { showTime } from '../parts/clock.ts';
import { useFocus } from '../parts/focus.ts';
import { taskTitle } from '../parts/task-title.ts';

type Ask = Row<'asks'>;

/** What waits for the person, one at a time, oldest first. */
export function Asks() {
  // The plan that a session begins with has its own place, with its own buttons.
  const planning = model.session.value?.status === 'awaiting-approval';
  const asks = model.tables.asks
    .all()
    .filter(({ request }) => !(planning && request.kind === 'permission' && request.about === 'plan'))
    .sort((a, b) => a.at - b.at);
  const [wanted, setWanted] = useState<string | undefined>(undefined);
  const found = asks.findIndex(({ id }) => id === wanted);
  const at = Math.max(0, found);
  const shown = asks[at];
  useEffect(() => {
    if (asks.length > 0)
      announcement.value = plural(
        asks.length,
        l10n.t('1 question waits for you'),
        l10n.t('{0} questions wait for you', asks.length),
      );
  }, [asks.length]);
  if (!shown) return null;
  const go = (step: number) => setWanted(asks[(at + step + asks.length) % asks.length]?.id);
  return (
    <Card
      title={l10n.t('Waits for you')}
      icon="bell"
      type="asks"
      note={l10n.t('{0} of {1}', at + 1, asks.length)}
      actions={
        asks.length > 1 && (
          <>
            <IconButton icon="chevron-left" label={l10n.t('Previous')} onClick={() => go(-1)} />
            <IconButton icon="chevron-right" label={l10n.t('Next')} onClick={() => go(1)} />
          </>
        )
      }
    >
      <One key={shown.id} shown={shown} />
    </Card>
  );
}

function Asker({ shown }: { shown: Ask }) {
  const name = shown.role ?? shown.agent;
  return (
    <p class="asker">
      {model.tables.agents.get(shown.agent) ? (
        <button
          type="button"
          class="link"
          onClick={() => {
            chosenAgent.value = shown.agent;
          }}
        >
          {name}
        </button>
      ) : (
        <strong>{name}</strong>
      )}{' '}
      <span class="quiet">
        {shown.task !== undefined ? `${taskTitle(shown.task)} · ` : ''}
        {showTime(shown.at)}
      </span>
    </p>
  );
}

function One({ shown }: { shown: Ask }) {
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const [sent, setSent] = useState(false);
  const answer = async (body: {
    decision?: 'allow' | 'deny';
    scope?: 'once' | 'session' | 'always';
    prefix?: boolean;
    text?: string;
  }) => {
    setSent(true);
    const { ok, message } = await ask({ kind: 'answer', ask: shown.id, ...body });
    if (ok) return;
    setSent(false);
    setFailed(message ?? l10n.t('It could not be answered.'));
  };
  return (
    <div class="ask">
      <Asker shown={shown} />
      {shown.request.kind === 'question' ? (
        <Question request={shown.request} sent={sent} answer={text => void answer({ text })} />
      ) : (
        <Permission request={shown.request} sent={sent} answer={body => void answer(body)} />
      )}
      {failed !== undefined && <p class="failed">{failed}</p>}
    </div>
  );
}

interface QuestionProps {
  request: Extract<Ask['request'], { kind: 'question' }>;
  sent: boolean;
  answer(text: string): void;
}

function Question({ request, sent, answer }: QuestionProps) {
  const [text, setText] = useState('');
  return (
    <>
      <p class="ask-what">{request.text}</p>
      {request.options.length > 0 && (
        <p class="buttons">
          {request.options.map(option => (
            <Button key={option} secondary disabled={sent} onClick={() => answer(option)}>
              {option}
            </Button>
          ))}
        </p>
      )}
      <form
        class="line"
        onSubmit={event => {
          event.preventDefault();
          if (text.trim()) answer(text.trim());
        }}
      >
        <input
          type="text"
          aria-label={l10n.t('Your answer')}
          placeholder={l10n.t('Your answer')}
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
        <button type="submit" disabled={sent || text.trim() === ''}>
          {l10n.t('Send')}
        </button>
      </form>
    </>
  );
}

interface PermissionProps {
  request: Extract<Ask['request'], { kind: 'permission' }>;
  sent: boolean;
  answer(body: {
    decision: 'allow' | 'deny';
    scope: 'once' | 'session' | 'always';
    prefix?: boolean;
    text?: string;
  }): void;
}

function titleOf(about: PermissionProps['request']['about']): string {
  switch (about) {
    case 'command':
      return l10n.t('wants to run a command');
    case 'path':
      return l10n.t('wants to use a path');
    case 'tool':
      return l10n.t('wants to use a tool');
    case 'budget':
      return l10n.t('asks about the budget');
    case 'plan':
      return l10n.t('proposes a plan');
  }
}

function Permission({ request, sent, answer }: PermissionProps) {
  const [denying, setDenying] = useState(false);
  // A plan or a sum is decided once; what is allowed for longer is a kind of action.
  const repeatable = request.about !== 'plan' && request.about !== 'budget';
  return (
    <>
      <p class="ask-title">{titleOf(request.about)}</p>
      <pre class="ask-what">{request.what}</pre>
      {request.why !== undefined && <p>{request.why}</p>}
      <p class="quiet">{request.because}</p>
      {request.about === 'tool' && (
        <p class="quiet">{l10n.t('For this session, or always: this tool, whatever it is given.')}</p>
      )}
      <p class="buttons">
        <Button disabled={sent} onClick={() => answer({ decision: 'allow', scope: 'once' })}>
          {request.about === 'plan' ? l10n.t('Approve') : l10n.t('Allow Once')}
        </Button>
        {repeatable && (
          <>
            <Button secondary disabled={sent} onClick={() => answer({ decision: 'allow', scope: 'session' })}>
              {l10n.t('Allow for This Session')}
            </Button>
            <Button secondary disabled={sent} onClick={() => answer({ decision: 'allow', scope: 'always' })}>
              {l10n.t('Always Allow')}
            </Button>
            {request.prefix !== undefined && (
              <Button
                secondary
                disabled={sent}
                title={l10n.t('In this workspace, whatever follows')}
                onClick={() => answer({ decision: 'allow', scope: 'always', prefix: true })}
              >
                {l10n.t('Always Allow: {0}', request.prefix)}
              </Button>
            )}
          </>
        )}
        <Button secondary disabled={sent} onClick={() => setDenying(!denying)}>
          {l10n.t('Deny…')}
        </Button>
      </p>
      {denying && (
        <Denial sent={sent} onDeny={text => answer({ decision: 'deny', scope: 'once', ...(text && { text }) })} />
      )}
    </>
  );
}

function Denial({ sent, onDeny }: { sent: boolean; onDeny(reason: string): void }) {
  const [reason, setReason] = useState('');
  const field = useFocus<HTMLInputElement>();
  return (
    <form
      class="line"
      onSubmit={event => {
        event.preventDefault();
        onDeny(reason.trim());
      }}
    >
      <input
        type="text"
        ref={field}
        aria-label={l10n.t('Why, for the agent')}
        placeholder={l10n.t('Why, for the agent (optional)')}
        value={reason}
        onInput={event => setReason(event.currentTarget.value)}
      />
      <button type="submit" disabled={sent}>
        {l10n.t('Deny')}
      </button>
    </form>
  );
}
