import { FromDashboard } from '../../protocol/dashboard.ts';

/** What the page said, or undefined where it said something we do not know. */
export function parseFromDashboard(message: unknown): FromDashboard | undefined {
  const result = FromDashboard.safeParse(message);
  return result.success ? result.data : undefined;
}
