import type { Workflow } from '../../protocol/workflow.ts';

/** What starts a workflow, in words. */
export const whenever = ({ schedule, ended, commit, changed }: Workflow['on'][number]): string =>
  [
    schedule && `at the times "${schedule.cron}"${schedule.zone === undefined ? '' : ` in ${schedule.zone}`}`,
    ended && `after the workflow "${ended.workflow}"`,
    commit && `on new commits on "${commit.branch}"`,
    changed && `when ${changed.files.join(', ')} change`,
  ]
    .filter(words => words !== undefined)
    .join(', and ');
