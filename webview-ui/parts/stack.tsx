import type { Layer } from '../model/spending.ts';
import { colourOf } from './provider-colours.ts';

interface StackProps {
  label: string;
  /** When each value was reached. */
  at: readonly number[];
  layers: readonly Layer[];
  /** The left, the right and the upper end of the picture. */
  from: number;
  to: number;
  max: number;
  /** Lines across: a limit, an alert. */
  lines?: readonly { y: number; tone: string }[];
}

const WIDTH = 300;
const HEIGHT = 88;

/** Values that only grow, over time and on top of each other: steps, filled below. */
export function Stack({ label, at, layers, from, to, max, lines = [] }: StackProps) {
  const x = (value: number) => (to > from ? Math.max(0, ((value - from) / (to - from)) * WIDTH) : 0).toFixed(1);
  const y = (value: number) => (max > 0 ? HEIGHT - (value / max) * (HEIGHT - 4) : HEIGHT).toFixed(1);
  const edge = (upper: readonly number[]) => at.map((time, index) => `H${x(time)}V${y(upper[index] ?? 0)}`).join('');
  const back = (upper: readonly number[] | undefined) =>
    upper === undefined
      ? `V${HEIGHT}H0Z`
      : `V${y(upper.at(-1) ?? 0)}${at
          .map((time, index) => `H${x(time)}V${y(upper[index - 1] ?? 0)}`)
          .reverse()
          .join('')}H0Z`;
  return (
    <svg class="stack" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {layers.map(({ id, upper }, index) => (
        <path
          key={id}
          class={`layer ${colourOf(id)}`}
          d={`M0 ${HEIGHT}${edge(upper)}H${WIDTH}${back(layers[index - 1]?.upper)}`}
        />
      ))}
      {lines
        .filter(line => line.y <= max)
        .map(line => (
          <line
            key={line.tone}
            class={`stack-limit tone-${line.tone}`}
            x1="0"
            x2={WIDTH}
            y1={y(line.y)}
            y2={y(line.y)}
            vector-effect="non-scaling-stroke"
          />
        ))}
    </svg>
  );
}
