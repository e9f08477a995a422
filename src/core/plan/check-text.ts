import type { Check } from '../../protocol/plan.ts';

/** What a check is, in a few words. */
export function checkText(check: Check): string {
  if (check.name !== undefined) return check.name;
  if ('run' in check) return check.run;
  if ('exists' in check) return `exists: ${check.exists.join(', ')}`;
  const { matches } = check;
  if (!matches) return `artifact ${check.artifact} is published`;
  return `${matches.file ?? `output of ${matches.run ?? ''}`} matches artifact ${check.artifact}`;
}
