import { computed, signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { l10n } from '../l10n.ts';
import { type Layout, layout, NODE } from '../model/graph-layout.ts';
import { chosenTask, model } from '../page.ts';
import { Icon } from '../parts/icon.tsx';
import { taskLook } from '../parts/states.ts';
import { taskTitle } from '../parts/task-title.ts';

/** Redone when tasks or what they wait for change, not when their states do. */
const shape = computed(() => {
  const tasks = model.tables.tasks.all();
  return JSON.stringify(tasks.map(({ id, needs, phase, pool }) => [id, needs, phase, pool]));
});
const placed = computed<Layout>(() => {
  shape.value;
  return layout(model.tables.tasks.peek());
});
/** Undefined until the person has chosen one: then it is what shows all of the graph, as far as it can be read. */
export const chosenZoom = signal<number | undefined>(undefined);
const room = signal(800);
export const ZOOMS = [0.4, 0.55, 0.75, 0.87, 1, 1.25];
const LEAST_FITTED = 0.87;
export const zoom = computed(() => {
  if (chosenZoom.value !== undefined) return chosenZoom.value;
  const fits = (scale: number) => placed.value.width * scale <= room.value - 26;
  return ZOOMS.findLast(scale => scale <= 1 && fits(scale) && scale >= LEAST_FITTED) ?? LEAST_FITTED;
});

const BEYOND = 200;
const busy = new Set(['running', 'checking', 'paused']);

/** What waits for what, from left to right. */
export function Graph() {
  const { nodes, edges, width, height, layers } = placed.value;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ x: 0, y: 0, width: 1000, height: 420 });
  const [active, setActive] = useState<string | undefined>(undefined);
  const moved = useRef(false);
  const scale = zoom.value;
  const look = () => {
    const element = box.current;
    if (!element) return;
    setView({ x: element.scrollLeft, y: element.scrollTop, width: element.clientWidth, height: element.clientHeight });
  };
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      room.value = element.clientWidth;
      look();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Where work goes on, until the person looks elsewhere.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || moved.current) return;
    const begin = nodes.find(({ id }) => busy.has(model.tables.tasks.get(id)?.status ?? '')) ?? nodes[0];
    if (!begin) return;
    element.scrollTop = (begin.y + NODE.height / 2) * scale - element.clientHeight / 2;
    element.scrollLeft = begin.x * scale - 2 * NODE.width;
  }, [nodes, scale]);
  const known = active !== undefined && model.tables.tasks.get(active) ? active : layers[0]?.[0];
  const left = view.x / scale - BEYOND;
  const right = (view.x + view.width) / scale + BEYOND;
  const top = view.y / scale - BEYOND;
  const bottom = (view.y + view.height) / scale + BEYOND;
  const seen = nodes.filter(
    ({ id, x, y }) => id === known || (x + NODE.width > left && x < right && y + NODE.height > top && y < bottom),
  );
  const lines = edges.filter(
    ({ x1, x2, y1, y2 }) => x2 > left && x1 < right && Math.max(y1, y2) > top && Math.min(y1, y2) < bottom,
  );
  const focus = (id: string | undefined) => {
    if (id === undefined) return;
    setActive(id);
    const find = () => box.current?.querySelector<HTMLElement>(`[data-task="${CSS.escape(id)}"]`);
    const there = find();
    // What is out of sight exists from the next frame on.
    if (there) there.focus();
    else requestAnimationFrame(() => find()?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = move(placed.value, known, event.key);
    if (next === undefined) return;
    event.preventDefault();
    moved.current = true;
    focus(next);
  };
  return (
    <div
      ref={box}
      class="graph"
      role="group"
      aria-label={l10n.t('Task graph: arrow keys go along the dependencies')}
      onScroll={look}
      onWheel={() => {
        moved.current = true;
      }}
      onPointerDown={() => {
        moved.current = true;
      }}
      onKeyDown={onKeyDown}
    >
      <div class="graph-all" style={{ width: `${width * scale}px`, height: `${height * scale}px` }}>
        <div class="graph-scaled" style={{ transform: `scale(${scale})` }}>
          <svg width={width} height={height} aria-hidden="true">
            {lines.map(({ from, to, x1, y1, x2, y2 }) => {
              const bend = (x2 - x1) / 2;
              const path =
                y1 === y2 ? `M${x1} ${y1}H${x2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
              const near = chosenTask.value !== undefined && (from === chosenTask.value || to === chosenTask.value);
              return <path key={`${from}>${to}`} class={near ? 'edge near' : 'edge'} d={path} />;
            })}
          </svg>
          {seen.map(({ id, x, y }) => (
            <Node key={id} id={id} x={x} y={y} stop={id === known} onFocus={() => setActive(id)} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Where a key leads: along the dependencies, or up and down among those that may run side by side. */
function move({ layers, edges }: Layout, from: string | undefined, key: string): string | undefined {
  const at = layers.findIndex(ids => from !== undefined && ids.includes(from));
  const ids = layers[at];
  if (!ids || from === undefined) return undefined;
  const index = ids.indexOf(from);
  const beside = (step: number) => {
    const near = edges.find(edge => (step > 0 ? edge.from === from : edge.to === from));
    const direct = near && (step > 0 ? near.to : near.from);
    if (direct !== undefined && layers[at + step]?.includes(direct)) return direct;
    for (let to = at + step; to >= 0 && to < layers.length; to += step) {
      const there = layers[to];
      if (there && there.length > 0) return there[Math.min(index, there.length - 1)];
    }
    return undefined;
  };
  switch (key) {
    case 'ArrowDown':
      return ids[index + 1];
    case 'ArrowUp':
      return ids[index - 1];
    case 'ArrowRight':
      return beside(1);
    case 'ArrowLeft':
      return beside(-1);
    case 'Home':
      return layers.find(all => all.length > 0)?.[0];
    case 'End':
      return layers.findLast(all => all.length > 0)?.at(-1);
    default:
      return undefined;
  }
}

interface NodeProps {
  id: string;
  x: number;
  y: number;
  /** Whether the Tab key stops here. */
  stop: boolean;
  onFocus(): void;
}

function Node({ id, x, y, stop, onFocus }: NodeProps) {
  const task = model.tables.tasks.get(id);
  if (!task) return null;
  const look = taskLook(task.status);
  const waits = task.needs.map(({ kind, name }) => (kind === 'task' ? taskTitle(name) : name)).join(', ');
  const fixes = task.rounds.filter(({ kind }) => kind === 'fix').length;
  return (
    <button
      type="button"
      class={`node tone-${look.tone} node-${task.status}`}
      data-task={id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={chosenTask.value === id}
      title={task.note ?? task.title}
      style={{ left: `${x}px`, top: `${y}px`, width: `${NODE.width}px`, height: `${NODE.height}px` }}
      onFocus={onFocus}
      onClick={() => {
        chosenTask.value = chosenTask.value === id ? undefined : id;
      }}
    >
      <Icon name={look.icon} spin={look.spin === true} />
      <span class="node-text">
        <span class="node-title">{task.title}</span>
        <span class="node-more">
          {look.label}
          {task.role !== undefined ? ` · ${task.role}` : ` · ${task.kind}`}
          {task.attempt > 1 ? ` · ${l10n.t('try {0}', task.attempt)}` : ''}
          {fixes > 0 ? ` · ${l10n.t('fix rounds: {0}', fixes)}` : ''}
        </span>
        {waits !== '' && <span class="hidden">{l10n.t('after {0}', waits)}</span>}
      </span>
    </button>
  );
}
