import { useEffect, useState } from 'preact/hooks';
import { l10n } from '../l10n.ts';
import { api, type SessionPlace } from './client.ts';

/** What came of the session, as text. */
export function ReportPage({ place }: { place: SessionPlace }) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    void api.text(place, 'report.md').then(read => {
      if (read.ok) setText(read.value);
      else setWrong(read.message);
    });
  }, []);
  return (
    <main>
      <h1>{l10n.t('Report')}</h1>
      <p role="alert" class="failed">
        {wrong}
      </p>
      <pre class="report-text">{text}</pre>
    </main>
  );
}
