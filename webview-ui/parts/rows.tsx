import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface RowsProps {
  label: string;
  role: 'treegrid' | 'listbox';
  ids: readonly string[];
  rowHeight: number;
  /** The row that is chosen. */
  chosen: string | undefined;
  onChoose(id: string): void;
  /** Left and right, where rows can be opened and closed. */
  onOpen?(id: string, open: boolean): void;
  head?: ComponentChildren;
  row(id: string, index: number): ComponentChildren;
  /** Attributes of a row beside those of every row. */
  attributes?(id: string): Record<string, unknown>;
}

const BEYOND = 6;

/**
 * A list of any length of which only what is seen exists. One stop for the Tab key; arrows, Page Up and Down, Home and
 * End move within it.
 */
export function Rows(props: RowsProps) {
  const { ids, rowHeight, chosen, role } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [active, setActive] = useState<string | undefined>(chosen);
  const at = Math.max(0, active === undefined ? -1 : ids.indexOf(active));

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (chosen !== undefined) setActive(chosen);
  }, [chosen]);

  const show = (index: number) => {
    const element = box.current;
    const wanted = ids[index];
    if (!element || wanted === undefined) return;
    setActive(wanted);
    const head = element.querySelector<HTMLElement>('.row-head')?.offsetHeight ?? 0;
    const begin = index * rowHeight;
    if (begin < element.scrollTop) element.scrollTop = begin;
    else if (begin + rowHeight + head > element.scrollTop + element.clientHeight)
      element.scrollTop = begin + rowHeight + head - element.clientHeight;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => show(Math.min(ids.length - 1, at + 1)),
      ArrowUp: () => show(Math.max(0, at - 1)),
      PageDown: () => show(Math.min(ids.length - 1, at + page)),
      PageUp: () => show(Math.max(0, at - page)),
      Home: () => show(0),
      End: () => show(ids.length - 1),
      ArrowRight: () => props.onOpen?.(ids[at] ?? '', true),
      ArrowLeft: () => props.onOpen?.(ids[at] ?? '', false),
      Enter: () => ids[at] !== undefined && props.onChoose(ids[at]),
      ' ': () => ids[at] !== undefined && props.onChoose(ids[at]),
    };
    const move = event.target === event.currentTarget ? moves[event.key] : undefined;
    if (!move) return;
    event.preventDefault();
    move();
  };

  const begin = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const end = Math.min(ids.length, Math.ceil((top + height) / rowHeight) + BEYOND);
  const seen = ids.slice(begin, end).map((rowId, index) => ({ rowId, index: begin + index }));
  // The active row is spoken of by its id, so it has to exist.
  if (at < begin || at >= end) {
    const rowId = ids[at];
    if (rowId !== undefined) seen.push({ rowId, index: at });
  }
  const itemRole = role === 'treegrid' ? 'row' : 'option';
  return (
    <div
      ref={box}
      class="rows"
      role={role}
      aria-label={props.label}
      aria-rowcount={role === 'treegrid' ? ids.length + 1 : undefined}
      aria-activedescendant={ids.length > 0 ? `${id}-${at}` : undefined}
      tabIndex={0}
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      {props.head}
      <div
        class="rows-all"
        role={role === 'treegrid' ? 'rowgroup' : 'presentation'}
        style={{ height: `${ids.length * rowHeight}px` }}
      >
        {seen.map(({ rowId, index }) => (
          <div
            key={rowId}
            id={`${id}-${index}`}
            role={itemRole}
            class={`row ${index === at ? 'active' : ''}`}
            aria-selected={rowId === chosen}
            aria-rowindex={role === 'treegrid' ? index + 2 : undefined}
            aria-posinset={role === 'listbox' ? index + 1 : undefined}
            aria-setsize={role === 'listbox' ? ids.length : undefined}
            style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
            onClick={() => {
              setActive(rowId);
              props.onChoose(rowId);
            }}
            {...props.attributes?.(rowId)}
          >
            {props.row(rowId, index)}
          </div>
        ))}
      </div>
    </div>
  );
}
