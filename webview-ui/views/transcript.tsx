import { computed, signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ToTranscript, TranscriptEntry } from '../../src/protocol/transcript.ts';
import { l10n } from '../l10n.ts';
import { readCall } from '../model/tool-call.ts';
import { found, matches } from '../model/transcript-search.ts';
import { Icon } from '../parts/icon.tsx';
import { verb } from '../parts/tool-verb.ts';

export type TranscriptText = Omit<Extract<ToTranscript, { type: 'transcript' }>, 'type'>;
type Part = TranscriptEntry['parts'][number];

export const shownTranscript = signal<TranscriptText | undefined>(undefined);
const wanted = signal('');
const entries = computed(() => found(shownTranscript.value?.entries ?? [], wanted.value));

/** What was said to and by an agent; `onFile` opens a file that a call was about. */
export function TranscriptView({ onFile }: { onFile(path: string): void }) {
  const transcript = shownTranscript.value;
  if (!transcript) return <main class="transcript" aria-busy="true" />;
  const { title, about } = transcript;
  return (
    <main class="transcript">
      <header class="head">
        <h1>{title}</h1>
        {about !== '' && <p class="quiet">{about}</p>}
        <p class="search">
          <input
            type="search"
            aria-label={l10n.t('Search the transcript')}
            placeholder={l10n.t('Search the transcript')}
            value={wanted.value}
            onInput={event => {
              wanted.value = event.currentTarget.value;
            }}
          />
          <span class="quiet" role="status">
            {wanted.value === ''
              ? l10n.t('entries: {0}', transcript.entries.length)
              : l10n.t('{0} of {1} entries', entries.value.length, transcript.entries.length)}
          </span>
        </p>
      </header>
      {transcript.entries.length === 0 && <p class="quiet">{l10n.t('Nothing has been said yet.')}</p>}
      {entries.value.map((entry, index) => (
        <Entry key={index} entry={entry} onFile={onFile} />
      ))}
    </main>
  );
}

interface Opens {
  onFile(path: string): void;
}

function Entry({ entry: { by, parts }, onFile }: { entry: TranscriptEntry } & Opens) {
  const calls = parts.every(({ kind }) => kind === 'call');
  return (
    <section class={`entry by-${by}`}>
      {!calls && <h2>{by === 'others' ? l10n.t('To the agent') : l10n.t('Agent')}</h2>}
      {parts.map((part, index) => (
        <One key={index} part={part} brief={by === 'others'} onFile={onFile} />
      ))}
    </section>
  );
}

const LONG = 1200;

function One({ part, brief, onFile }: { part: Part; brief: boolean } & Opens) {
  if (part.kind === 'call') return <Call part={part} onFile={onFile} />;
  if (part.kind === 'thought')
    return (
      <details class="thought" open={wanted.value !== '' && matches(part, wanted.value)}>
        <summary>{l10n.t('Thought')}</summary>
        <p class="said">{part.text}</p>
      </details>
    );
  if (brief && part.text.length > LONG)
    return (
      <details open={wanted.value !== '' && matches(part, wanted.value)}>
        <summary>{part.text.trim().split('\n')[0]}</summary>
        <p class="said">{part.text}</p>
      </details>
    );
  return <p class="said">{part.text}</p>;
}

/** "write src/app.js": what went in and what came out is a click away. */
function Call({ part, onFile }: { part: Extract<Part, { kind: 'call' }> } & Opens) {
  const { tool, args, result, failed } = part;
  const call = useMemo(() => readCall(args), [args]);
  const { path, subject, rest = [] } = call ?? {};
  const icon = failed ? 'warning' : result === undefined ? 'circle-large-outline' : 'check';
  const label = failed ? l10n.t('failed') : result === undefined ? l10n.t('no result yet') : l10n.t('done');
  return (
    <details class="call" open={wanted.value !== '' && matches(part, wanted.value)}>
      <summary>
        <Icon name={icon} label={label} tone={failed ? 'bad' : 'calm'} /> {verb(tool)}{' '}
        {path !== undefined && (
          <button
            type="button"
            class="link"
            onClick={event => {
              event.preventDefault();
              onFile(path);
            }}
          >
            {path}
          </button>
        )}
        {subject !== undefined && <code>{subject}</code>}
      </summary>
      {rest.map(({ name, text }) => (
        <div key={name}>
          <h3>{name}</h3>
          <pre>{text}</pre>
        </div>
      ))}
      {result !== undefined && (
        <div>
          <h3>{failed ? l10n.t('What went wrong') : l10n.t('What came of it')}</h3>
          <pre>{result}</pre>
        </div>
      )}
    </details>
  );
}
