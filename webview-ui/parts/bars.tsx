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
