import { Cron } from 'croner';

export const cronOf = ({ cron, zone }: { cron: string; zone?: string | undefined }) =>
  new Cron(cron, { paused: true, ...(zone !== undefined && { timezone: zone }) });

/** Why a schedule cannot be meant; undefined: it can. */
export function scheduleMistake(schedule: { cron: string; zone?: string | undefined }): string | undefined {
  try {
    return cronOf(schedule).nextRun() === null ? 'it never comes' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Cron\w*: /, '') : String(error);
  }
}
