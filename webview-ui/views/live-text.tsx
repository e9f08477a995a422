import { useMemo, useState } from 'preact/hooks';
import type { LivePart } from '../../src/protocol/dashboard.ts';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { plural } from '../../src/protocol/show.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { readCall, unescaped } from '../model/tool-call.ts';
import { model } from '../page.ts';
import { Nothing } from '../parts/card.tsx';
import { errorWord } from '../parts/error-word.ts';
import { Icon } from '../parts/icon.tsx';
import { verb } from '../parts/tool-verb.ts';

/** What the agent says; the style sheet keeps its end in sight unless one has scrolled up. */
export function LiveText({ agent }: { agent: Row<'agents'> }) {
  const live = model.live.value;
  const parts = live?.agent === agent.id ? live.parts : [];
  return (
    <div
      class={parts.length === 0 ? 'live silent' : 'live'}
      role="log"
      aria-live="off"
      aria-label={l10n.t('Live text of {0}', agent.role)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
      tabIndex={0}
    >
      <div>
        {parts.length === 0 ? (
          <Nothing>{agent.summary ?? agent.doing ?? l10n.t('Nothing said yet.')}</Nothing>
        ) : (
          parts.map((part, index) => {
            const before = parts[index - 1]?.kind;
            const after = parts[index + 1];
            if (part.kind === 'tool')
              return <Call key={part.n} name={part.text} json={after?.kind === 'arguments' ? after.text : ''} />;
            if (part.kind === 'arguments' && before === 'tool') return null;
            return <Part key={part.n} part={part} />;
          })
        )}
      </div>
    </div>
  );
}

const glyphs: Partial<Record<LivePart['kind'], string>> = {
  result: 'check',
  failure: 'warning',
  model: 'sparkle',
  discarded: 'refresh',
};

function Part({ part: { kind, text } }: { part: LivePart }) {
  const icon = glyphs[kind];
  if (icon === undefined)
    return <div class={`live-${kind}`}>{kind === 'arguments' ? unescaped(text) : text.replace(/\n+$/, '\n')}</div>;
  return (
    <div class={`live-mark live-${kind}`}>
      <Icon name={icon} />
      <span>{kind === 'discarded' ? l10n.t('Answer discarded, asked again: {0}', errorWord(text)) : text.trim()}</span>
    </div>
  );
}

/** A tool call in words: "write src/app.js"; what is long is shown when somebody wants to read it. */
function Call({ name, json }: { name: string; json: string }) {
  const call = useMemo(() => readCall(json), [json]);
  const { path, subject } = call ?? {};
  return (
    <div class="live-mark live-tool">
      <Icon name="tools" />
      <div>
        {verb(name)}{' '}
        {path !== undefined && (
          <button type="button" class="link" onClick={() => tell({ type: 'open-file', path })}>
            {path}
          </button>
        )}
        {subject !== undefined && <span class="live-subject">{subject}</span>}
        {call?.rest.map(({ name: field, text }) => (
          <Field key={field} name={field} text={text} />
        ))}
      </div>
    </div>
  );
}

const SHORT = 100;

function Field({ name, text }: { name: string; text: string }) {
  const [open, setOpen] = useState(false);
  if (text.length <= SHORT && !text.includes('\n'))
    return (
      <div class="live-field">
        {name}: {text}
      </div>
    );
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return (
    <details class="live-field" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{plural(lines, name, l10n.t('{0}, {1} lines', name, lines))}</summary>
      {open && <pre>{text}</pre>}
    </details>
  );
}
