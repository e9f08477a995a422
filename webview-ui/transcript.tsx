import '@vscode/codicons/dist/codicon.css';
import './transcript.css';
import { computed, signal } from '@preact/signals';
import { render } from 'preact';
import { useMemo } from 'preact/hooks';
import * as z from 'zod';
import { type FromTranscript, ToTranscript, type TranscriptEntry } from '../src/protocol/transcript.ts';
import { l10n, setTexts } from './l10n.ts';
import { readCall } from './model/tool-call.ts';
import { found, matches } from './model/transcript-search.ts';
import { Icon } from './parts/icon.tsx';
import { verb } from './parts/tool-verb.ts';

// The page's content policy forbids code made from strings, which zod would otherwise try.
z.config({ jitless: true });

declare function acquireVsCodeApi(): { postMessage(message: FromTranscript): void };
const api = acquireVsCodeApi();

type Transcript = Extract<ToTranscript, { type: 'transcript' }>;
type Part = TranscriptEntry['parts'][number];

const shown = signal<Transcript | undefined>(undefined);
const wanted = signal('');
const entries = computed(() => found(shown.value?.entries ?? [], wanted.value));

function App() {
  const transcript = shown.value;
  if (!transcript) return <main aria-busy="true" />;
  const { title, about } = transcript;
  return (
    <main>
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
        <Entry key={index} entry={entry} />
      ))}
    </main>
  );
}

function Entry({ entry: { by, parts } }: { entry: TranscriptEntry }) {
  const calls = parts.every(({ kind }) => kind === 'call');
  return (
    <section class={`entry by-${by}`}>
      {!calls && <h2>{by === 'others' ? l10n.t('To the agent') : l10n.t('Agent')}</h2>}
      {parts.map((part, index) => (
        <One key={index} part={part} brief={by === 'others'} />
      ))}
    </section>
  );
}

const LONG = 1200;

function One({ part, brief }: { part: Part; brief: boolean }) {
  if (part.kind === 'call') return <Call part={part} />;
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
function Call({ part }: { part: Extract<Part, { kind: 'call' }> }) {
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
              api.postMessage({ type: 'open-file', path });
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

window.addEventListener('message', event => {
  const message = ToTranscript.safeParse(event.data);
  if (!message.success) console.error('message of unknown form', message.error);
  else if (message.data.type === 'texts') setTexts(message.data.texts);
  else shown.value = message.data;
});
const root = document.getElementById('root');
if (root) render(<App />, root);
api.postMessage({ type: 'ready' });
