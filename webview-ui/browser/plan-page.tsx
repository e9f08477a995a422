import { useEffect, useState } from 'preact/hooks';
import type * as z from 'zod';
import type { PlanText } from '../../src/protocol/api.ts';
import { l10n } from '../l10n.ts';
import { Button } from '../parts/button.tsx';
import { api, type Result, type SessionPlace } from './client.ts';
import { addressOf, goTo } from './route.ts';

/** The plan as YAML: to read, and while it waits to edit and to decide on. */
export function PlanPage({ place }: { place: SessionPlace }) {
  const [plan, setPlan] = useState<z.infer<typeof PlanText>>();
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState('');
  const load = async () => {
    const read = await api.plan(place);
    setWrong(read.ok ? '' : read.message);
    if (!read.ok) return;
    setPlan(read.value);
    setText(read.value.yaml);
  };
  useEffect(() => void load(), []);
  const then = (done: Result<unknown>) => {
    if (done.ok) goTo(addressOf(place));
    else setWrong(done.message);
  };
  const approve = async () => {
    if (!plan) return;
    then(await api.approve(place, { revision: plan.revision, ...(text !== plan.yaml && { plan: text }) }));
  };
  const refuse = async (why: string) => then(await api.refuse(place, why === '' ? {} : { reason: why }));
  return (
    <main>
      <h1>{plan ? l10n.t('Plan, revision {0}', plan.revision) : l10n.t('Plan')}</h1>
      <p role="alert" class="failed">
        {wrong}
      </p>
      {plan && !plan.waits && <pre class="plan-text">{plan.yaml}</pre>}
      {plan?.waits && (
        <>
          <textarea
            class="plan-text"
            aria-label={l10n.t('The plan as YAML')}
            spellcheck={false}
            rows={Math.min(40, text.split('\n').length + 1)}
            value={text}
            onInput={event => setText(event.currentTarget.value)}
          />
          <p class="actions">
            <Button onClick={() => void approve()}>{l10n.t('Approve')}</Button>{' '}
            <Button secondary onClick={() => void refuse('')}>
              {l10n.t('Cancel the Session')}
            </Button>
          </p>
          <p class="actions">
            <label>
              {l10n.t('What should be different')}
              <input value={reason} onInput={event => setReason(event.currentTarget.value)} />
            </label>{' '}
            <Button secondary disabled={reason.trim() === ''} onClick={() => void refuse(reason.trim())}>
              {l10n.t('Ask for Another Plan')}
            </Button>
          </p>
        </>
      )}
    </main>
  );
}
