interface MeterProps {
  label: string;
  /** What is said of the value instead of a bare number. */
  text: string;
  value: number;
  max: number;
  /** Held on top of the value, drawn paler. */
  held?: number;
  /** Where a line is drawn. */
  line?: number;
  tone?: string;
}

const percent = (part: number, whole: number) => `${whole > 0 ? Math.min(100, (100 * part) / whole) : 0}%`;

/** How much of a limit is used. */
export function Meter({ label, text, value, max, held = 0, line, tone = 'busy' }: MeterProps) {
  return (
    <div
      class={`meter tone-${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
    >
      <span class="meter-held" style={{ width: percent(value + held, max) }} />
      <span class="meter-fill" style={{ width: percent(value, max) }} />
      {line !== undefined && <span class="meter-line" style={{ left: percent(line, max) }} />}
    </div>
  );
}
