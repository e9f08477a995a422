import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { l10n } from '../l10n.ts';
import { useFocus } from './focus.ts';
import { Icon } from './icon.tsx';

interface ButtonProps {
  onClick(): void;
  children: ComponentChildren;
  secondary?: boolean;
  disabled?: boolean;
  /** For those who hear the page, where several say the same. */
  label?: string;
  title?: string;
}

export function Button({ onClick, children, secondary, disabled, label, title }: ButtonProps) {
  return (
    <button
      type="button"
      class={secondary ? 'secondary' : ''}
      aria-label={label}
      title={title}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

interface IconButtonProps {
  icon: string;
  label: string;
  onClick(): void;
  pressed?: boolean;
  disabled?: boolean;
}

export function IconButton({ icon, label, onClick, pressed, disabled }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

interface TwiceProps {
  icon: string;
  label: string;
  question: string;
  onSure(): void;
}

/** Asks again before it does what cannot be taken back. */
export function Twice({ icon, label, question, onSure }: TwiceProps) {
  const [asked, setAsked] = useState(false);
  if (!asked) return <IconButton icon={icon} label={label} onClick={() => setAsked(true)} />;
  return <Sure question={question} onSure={onSure} onDone={() => setAsked(false)} />;
}

function Sure({ question, onSure, onDone }: { question: string; onSure(): void; onDone(): void }) {
  const yes = useFocus<HTMLButtonElement>();
  return (
    <span class="twice" role="group" aria-label={question} onKeyDown={event => event.key === 'Escape' && onDone()}>
      <span>{question}</span>
      <button
        type="button"
        ref={yes}
        onClick={() => {
          onDone();
          onSure();
        }}
      >
        {l10n.t('Yes')}
      </button>
      <button type="button" class="secondary" onClick={onDone}>
        {l10n.t('No')}
      </button>
    </span>
  );
}
