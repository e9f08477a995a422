import { useEffect, useState } from 'preact/hooks';
import type { ChangedFile, ChangeItem, HunkItem } from '../../src/protocol/api.ts';
import { l10n } from '../l10n.ts';
import { Button } from '../parts/button.tsx';
import { api, type SessionPlace } from './client.ts';
import { type Pair, pairsOf } from './side-by-side.ts';
import { mayDecide } from './signed-in.ts';

type Decide = (action: 'accept' | 'reject', body: object) => Promise<void>;

/** What agents wrote and nobody has decided on: file by file, hunk by hunk. */
export function ReviewPage({ place }: { place: SessionPlace }) {
  const [files, setFiles] = useState<ChangeItem[]>();
  const [wrong, setWrong] = useState('');
  const load = async () => {
    const read = await api.changes(place);
    if (read.ok) setFiles(read.value.items);
    else setWrong(read.message);
  };
  useEffect(() => void load(), []);
  const decide: Decide = async (action, body) => {
    const done = await api.decide(place, action, body);
    setWrong(done.ok ? '' : done.message);
    await load();
  };
  const may = mayDecide();
  const seen = Object.fromEntries((files ?? []).map(({ path, seen }) => [path, seen]));
  return (
    <main>
      <h1>{l10n.t('Review')}</h1>
      <p role="alert" class="failed">
        {wrong}
      </p>
      {files?.length === 0 && <p>{l10n.t('Nothing waits for review.')}</p>}
      {may && files && files.length > 0 && (
        <p class="actions">
          <Button onClick={() => void decide('accept', { seen })}>{l10n.t('Accept All')}</Button>
        </p>
      )}
      {files?.map(file => (
        <File
          key={`${file.path} ${file.seen} ${file.hunks}`}
          place={place}
          file={file}
          decide={may ? decide : undefined}
        />
      ))}
    </main>
  );
}

function File({ place, file, decide }: { place: SessionPlace; file: ChangeItem; decide: Decide | undefined }) {
  const [whole, setWhole] = useState<ChangedFile>();
  const [wrong, setWrong] = useState('');
  const [reason, setReason] = useState('');
  const { path, seen } = file;
  const decided: Decide | undefined =
    decide &&
    ((action, body) =>
      decide(action, { ...body, ...(action === 'reject' && reason.trim() !== '' && { reason: reason.trim() }) }));
  const open = async () => {
    if (whole) return;
    const read = await api.change(place, path);
    if (read.ok) setWhole(read.value);
    else setWrong(read.message);
  };
  const all = { path, seen: { [path]: seen } };
  return (
    <details class="card change" onToggle={event => event.currentTarget.open && void open()}>
      <summary>
        <strong>{path}</strong>{' '}
        <span class="quiet">
          {file.change} +{file.added} −{file.removed} ·{' '}
          {[...new Set(file.authors.map(({ agent }) => agent))].join(', ')}
        </span>
      </summary>
      {file.mark !== undefined && <p class="failed">{file.mark}</p>}
      <p role="alert" class="failed">
        {wrong}
      </p>
      {decided && (
        <p class="actions">
          <Button onClick={() => void decided('accept', all)}>{l10n.t('Accept File')}</Button>{' '}
          <Button secondary onClick={() => void decided('reject', all)}>
            {l10n.t('Reject File')}
          </Button>{' '}
          <label>
            {l10n.t('Reason for rejecting, for the agent')}{' '}
            <input value={reason} onInput={event => setReason(event.currentTarget.value)} />
          </label>
        </p>
      )}
      {whole?.before === undefined && whole !== undefined && (
        <p class="quiet">{l10n.t('It is no text that can be shown.')}</p>
      )}
      {whole?.hunks.map(hunk => (
        <Hunk key={hunk.id} file={whole} hunk={hunk} decide={decided} />
      ))}
    </details>
  );
}

function Hunk({ file, hunk, decide }: { file: ChangedFile; hunk: HunkItem; decide: Decide | undefined }) {
  const { path, seen } = file;
  const body = { path, hunks: [hunk.id], seen: { [path]: seen } };
  const lines = pairsOf(file, hunk);
  // Of a new file there is no other side, and of one that goes neither.
  const sides = { before: lines.some(({ before }) => before), after: lines.some(({ after }) => after) };
  return (
    <section class="hunk" aria-label={l10n.t('Hunk {0}', hunk.id)}>
      <table class="diff">
        <caption class="hidden">{l10n.t('{0}: before and after', path)}</caption>
        <thead class="hidden">
          <tr>
            {sides.before && <th scope="col">{l10n.t('Line')}</th>}
            {sides.before && <th scope="col">{l10n.t('Before')}</th>}
            {sides.after && <th scope="col">{l10n.t('Line')}</th>}
            {sides.after && <th scope="col">{l10n.t('After')}</th>}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ before, after, changed }, index) => (
            <tr key={index} class={changed ? '' : 'same'}>
              {sides.before && <Side line={before} look={changed ? 'gone' : ''} />}
              {sides.after && <Side line={after} look={changed ? 'new' : ''} />}
            </tr>
          ))}
        </tbody>
      </table>
      {decide && file.hunks.length > 1 && (
        <p class="actions">
          <Button onClick={() => void decide('accept', body)}>{l10n.t('Accept Hunk')}</Button>{' '}
          <Button secondary onClick={() => void decide('reject', body)}>
            {l10n.t('Reject Hunk')}
          </Button>
        </p>
      )}
    </section>
  );
}

function Side({ line, look }: { line: Pair['before']; look: string }) {
  return (
    <>
      <td class="number">{line?.number}</td>
      <td class={line ? look : ''}>{line && <code>{line.text}</code>}</td>
    </>
  );
}
