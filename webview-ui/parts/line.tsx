import { useState } from 'preact/hooks';
import { useFocus } from './focus.ts';

interface LineProps {
  label: string;
  button: string;
  value?: string;
  choices?: string[];
  valid?(text: string): boolean;
  onSend(text: string): void;
}

/** One line to be filled in and sent. */
export function Line({ label, button, value = '', choices, valid = text => text !== '', onSend }: LineProps) {
  const [text, setText] = useState(value);
  const field = useFocus<HTMLInputElement>();
  return (
    <form
      class="line"
      onSubmit={event => {
        event.preventDefault();
        if (valid(text.trim())) onSend(text.trim());
      }}
    >
      <input
        type="text"
        ref={field}
        aria-label={label}
        placeholder={label}
        list={choices && 'choices'}
        value={text}
        onInput={event => setText(event.currentTarget.value)}
      />
      {choices && (
        <datalist id="choices">
          {choices.map(choice => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      <button type="submit" disabled={!valid(text.trim())}>
        {button}
      </button>
    </form>
  );
}
