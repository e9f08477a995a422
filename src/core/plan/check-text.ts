import type { Check } from '../../protocol/plan.ts';

/** What a check is, in a few words. */
export function checkText(check: Check): string {
  if (check.name !== undefined) return check.name;
  if ('run' in check) return check.run;
  if ('exists' in check) return `exists: ${check.exists.join(', ')}`;
  const { matches, serves } = check;
  if (serves) return `${serves.start.map(part => part.run).join(' and ')} keeps the contract ${check.artifact}`;
  if (!matches) return `artifact ${check.artifact} is published`;
  return `${matches.file ?? `output of ${matches.run ?? ''}`} matches artifact ${check.artifact}`;
}
