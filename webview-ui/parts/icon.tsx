/** A codicon; what it means stands beside it or in `label`. */
export function Icon({ name, label, spin, tone }: { name: string; label?: string; spin?: boolean; tone?: string }) {
  const type = `codicon codicon-${name}${spin ? ' codicon-modifier-spin' : ''}${tone ? ` tone-${tone}` : ''}`;
  if (label === undefined) return <span class={type} aria-hidden="true" />;
  return <span class={type} role="img" aria-label={label} title={label} />;
}
