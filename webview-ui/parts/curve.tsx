interface Point {
  x: number;
  y: number;
}

interface CurveProps {
  label: string;
  points: readonly Point[];
  /** The right and the upper end of the picture. */
  from: number;
  to: number;
  max: number;
  /** Lines across: a limit, an alert. */
  lines?: readonly { y: number; tone: string }[];
}

const WIDTH = 300;
const HEIGHT = 72;

/** A value that only grows, over time: steps, filled below. */
export function Curve({ label, points, from, to, max, lines = [] }: CurveProps) {
  const x = (value: number) => (to > from ? ((value - from) / (to - from)) * WIDTH : 0).toFixed(1);
  const y = (value: number) => (max > 0 ? HEIGHT - (value / max) * (HEIGHT - 4) : HEIGHT).toFixed(1);
  const steps = points.map(point => `H${x(point.x)}V${y(point.y)}`).join('');
  const path = `M0 ${HEIGHT}${steps}H${WIDTH}`;
  return (
    <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="curve-area" d={`${path}V${HEIGHT}Z`} />
      <path class="curve-line" d={path} vector-effect="non-scaling-stroke" />
      {lines
        .filter(line => line.y <= max)
        .map(line => (
          <line
            key={line.tone}
            class={`curve-limit tone-${line.tone}`}
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

interface BarsProps {
  label: string;
  values: readonly { value: number; good: boolean }[];
}

/** The latest of something that happens again and again: high is long, a hollow red one failed. */
export function Bars({ label, values }: BarsProps) {
  const shown = values.slice(-24);
  const max = Math.max(1, ...shown.map(({ value }) => value));
  return (
    <svg class="bars" viewBox="0 0 96 20" role="img" aria-label={label}>
      {shown.map(({ value, good }, index) => {
        const height = Math.max(2, (value / max) * 19);
        const x = 96 - (shown.length - index) * 4;
        return (
          <rect key={index} class={good ? 'good' : 'bad'} x={x + 0.5} y={19.5 - height} width="3" height={height} />
        );
      })}
    </svg>
  );
}
