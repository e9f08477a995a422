import { useEffect, useState } from 'preact/hooks';
import { l10n } from '../l10n.ts';
import { fetchText } from '../page.ts';

/** A picture that an agent took, small until somebody wants to see it. */
export function Picture({ name, blob }: { name: string; blob: string }) {
  const [address, setAddress] = useState<string | undefined | false>(undefined);
  const [large, setLarge] = useState(false);
  useEffect(() => {
    void fetchText({ kind: 'picture', blob }).then(({ ok, text }) => setAddress(ok && text));
  }, [blob]);
  if (address === undefined) return null;
  if (address === false) return <p class="failed">{l10n.t('It could not be read.')}</p>;
  return (
    <button
      type="button"
      class={large ? 'picture large' : 'picture'}
      aria-expanded={large}
      title={large ? l10n.t('Make it small again') : l10n.t('Show it in full')}
      onClick={() => setLarge(!large)}
    >
      <img src={address} alt={name} />
    </button>
  );
}
