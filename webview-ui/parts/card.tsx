import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface CardProps {
  title: string;
  icon: string;
  /** Beside the title: a count or a state. */
  note?: ComponentChildren;
  actions?: ComponentChildren;
  type?: string;
  children: ComponentChildren;
}

/** One thing to look at, with its name. */
export function Card({ title, icon, note, actions, type, children }: CardProps) {
  const id = useId();
  return (
    <section class={`card ${type ?? ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <Icon name={icon} />
          {title}
        </h2>
        {note !== undefined && <span class="note">{note}</span>}
        {actions !== undefined && <span class="card-actions">{actions}</span>}
      </header>
      {children}
    </section>
  );
}

/** Said where a list would be. */
export function Nothing({ children }: { children: ComponentChildren }) {
  return <p class="nothing">{children}</p>;
}
