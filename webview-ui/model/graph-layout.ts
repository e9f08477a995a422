import type { Row } from '../../src/protocol/dashboard-rows.ts';

export interface Placed {
  id: string;
  layer: number;
  x: number;
  y: number;
}

/** A piece of a line: from a task or a bend to the next. */
export interface Edge {
  from: string;
  to: string;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface Layout {
  nodes: Placed[];
  edges: Edge[];
  width: number;
  height: number;
  /** Ids from the left layer to the right, each from top to bottom. */
  layers: string[][];
}

type Task = Pick<Row<'tasks'>, 'id' | 'needs' | 'phase' | 'pool'>;

export const NODE = { width: 176, height: 44, gapX: 56, gapY: 14 };
/** What a bend of an edge that passes a layer takes. */
const BEND = 10;
const SWEEPS = 6;
/** Above that, edges over several layers go straight: with bends the work would grow with their length. */
const MOST_BENDS = 3000;

interface Point {
  name: string;
  task: boolean;
  layer: number;
  before: Point[];
  after: Point[];
  y: number;
  order: number;
}

const sizeOf = (point: Point) => (point.task ? NODE.height + NODE.gapY : BEND);

/** What waits for a whole phase or pool waits for a joint of all its tasks: one line each, not one for each pair. */
function points(tasks: readonly Task[]): Map<string, Point> {
  const all = new Map<string, Point>();
  const point = (name: string, task: boolean): Point => {
    let found = all.get(name);
    if (!found) {
      found = { name, task, layer: 0, before: [], after: [], y: 0, order: 0 };
      all.set(name, found);
    }
    return found;
  };
  for (const { id } of tasks) point(id, true);
  const groups = new Set<string>();
  const join = (from: Point, to: Point) => {
    if (from === to || to.before.includes(from)) return;
    to.before.push(from);
    from.after.push(to);
  };
  for (const { id, needs } of tasks)
    for (const { kind, name } of needs) {
      if (kind === 'task') {
        if (all.get(name)?.task) join(point(name, true), point(id, true));
        continue;
      }
      const group = `${kind}\n${name}`;
      groups.add(group);
      join(point(group, false), point(id, true));
    }
  for (const { id, phase, pool } of tasks)
    for (const group of [`phase\n${phase}`, `pool\n${pool}`])
      if (groups.has(group)) join(point(id, true), point(group, false));
  return all;
}

/** Each stands right of all it waits for; what waits in a circle, as no plan does, stays at the left. */
function layer(all: Map<string, Point>): void {
  const open = new Map([...all.values()].map(point => [point, point.before.length]));
  let ready = [...all.values()].filter(point => point.before.length === 0);
  while (ready.length > 0) {
    const next: Point[] = [];
    for (const point of ready) {
      for (const after of point.after) {
        after.layer = Math.max(after.layer, point.layer + 1);
        const left = (open.get(after) ?? 1) - 1;
        open.set(after, left);
        if (left === 0) next.push(after);
      }
    }
    ready = next;
  }
}

/** Puts a bend into each layer that an edge passes. */
function bend(all: Map<string, Point>): void {
  let left = MOST_BENDS;
  for (const point of [...all.values()])
    for (const after of [...point.after]) {
      const span = after.layer - point.layer;
      if (span < 2 || span - 1 > left) continue;
      left -= span - 1;
      let last = point;
      point.after.splice(point.after.indexOf(after), 1);
      after.before.splice(after.before.indexOf(point), 1);
      for (let at = point.layer + 1; at < after.layer; at++) {
        const name = `${point.name}\n${after.name}\n${at}`;
        const joint: Point = { name, task: false, layer: at, before: [last], after: [], y: 0, order: 0 };
        last.after.push(joint);
        all.set(name, joint);
        last = joint;
      }
      last.after.push(after);
      after.before.push(last);
    }
}

const mean = (of: readonly Point[], value: (point: Point) => number) =>
  of.length === 0 ? undefined : of.reduce((sum, point) => sum + value(point), 0) / of.length;

/** Orders each layer by where its neighbours stand, from left to right and back, so that few edges cross. */
function order(layers: Point[][]): void {
  const number = (points: Point[]) => {
    points.forEach((point, index) => {
      point.order = index;
    });
  };
  for (const points of layers) number(points);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const points of forward ? layers : layers.toReversed()) {
      const wanted = new Map(
        points.map(point => [point, mean(forward ? point.before : point.after, ({ order }) => order) ?? point.order]),
      );
      points.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a.order - b.order);
      number(points);
    }
  }
}

/** Moves each point of a layer towards its neighbours, keeping the order and the room that each needs. */
function place(layers: Point[][]): void {
  for (const points of layers) {
    let y = 0;
    for (const point of points) {
      point.y = y + sizeOf(point) / 2;
      y += sizeOf(point);
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const points of forward ? layers : layers.toReversed()) settle(points, forward);
  }
}

function settle(points: Point[], forward: boolean): void {
  const wanted = points.map(point => mean(forward ? point.before : point.after, ({ y }) => y) ?? point.y);
  // Blocks of points that touch: each block stands where its points want to stand on average.
  const blocks: { points: Point[]; size: number; sum: number }[] = [];
  points.forEach((point, index) => {
    const size = sizeOf(point);
    let block = { points: [point], size, sum: (wanted[index] ?? 0) - size / 2 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.points.length + last.size > block.sum / block.points.length;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      const moved = block.sum - last.size * block.points.length;
      block = { points: [...last.points, ...block.points], size: last.size + block.size, sum: last.sum + moved };
    }
    blocks.push(block);
  });
  for (const block of blocks) {
    let y = block.sum / block.points.length;
    for (const point of block.points) {
      point.y = y + sizeOf(point) / 2;
      y += sizeOf(point);
    }
  }
}

/** Tasks in layers from left to right, each right of all it waits for. */
export function layout(tasks: readonly Task[]): Layout {
  const all = points(tasks);
  layer(all);
  bend(all);
  const count = [...all.values()].reduce((most, point) => Math.max(most, point.layer + 1), 0);
  const layers = Array.from({ length: count }, (): Point[] => []);
  for (const point of all.values()) layers[point.layer]?.push(point);
  order(layers);
  place(layers);
  let least = Number.POSITIVE_INFINITY;
  for (const point of all.values()) least = Math.min(least, point.y - sizeOf(point) / 2);
  for (const point of all.values()) point.y -= least;
  const x = (point: Point) => point.layer * (NODE.width + NODE.gapX);
  const nodes = [...all.values()].filter(({ task }) => task);
  const height = nodes.reduce((lowest, { y }) => Math.max(lowest, y + NODE.height / 2), 0);
  return {
    nodes: nodes.map(point => ({ id: point.name, layer: point.layer, x: x(point), y: point.y - NODE.height / 2 })),
    edges: pieces(all.values(), x),
    width: Math.max(0, layers.length * (NODE.width + NODE.gapX) - NODE.gapX),
    height,
    layers: layers.map(points => points.filter(({ task }) => task).map(({ name }) => name)),
  };
}

/** Each piece between two points, and straight on through what is no task. */
function pieces(all: Iterable<Point>, x: (point: Point) => number): Edge[] {
  const found: Edge[] = [];
  for (const point of all) {
    const right = x(point) + NODE.width;
    if (!point.task)
      found.push({ from: point.name, to: point.name, x1: x(point), y1: point.y, x2: right, y2: point.y });
    for (const next of point.after)
      found.push({ from: point.name, to: next.name, x1: right, y1: point.y, x2: x(next), y2: next.y });
  }
  return found;
}
