import type { Workflow } from '../../protocol/workflow.ts';

/** What starts a workflow, in words. */
export const whenever = ({ schedule, ended }: Workflow['on'][number]): string =>
  schedule
    ? `at the times "${schedule.cron}"${schedule.zone === undefined ? '' : ` in ${schedule.zone}`}`
    : `after the workflow "${ended?.workflow}"`;
