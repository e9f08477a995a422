import { l10n } from '../l10n.ts';

/** What a tool does, in words. */
export function verb(tool: string): string {
  const verbs: Record<string, () => string> = {
    list_files: () => l10n.t('list files'),
    read_file: () => l10n.t('read'),
    search: () => l10n.t('search for'),
    write_file: () => l10n.t('write'),
    edit_file: () => l10n.t('edit'),
    delete_file: () => l10n.t('delete'),
    run_command: () => l10n.t('run'),
    publish_artifact: () => l10n.t('publish'),
    read_artifact: () => l10n.t('read artifact'),
    note_decision: () => l10n.t('decide'),
    ask_user: () => l10n.t('ask you'),
    report_blocker: () => l10n.t('report a blocker'),
    finish_task: () => l10n.t('finish the task'),
    add_finding: () => l10n.t('note a finding'),
    verdict: () => l10n.t('give a verdict'),
    propose_plan: () => l10n.t('propose the plan'),
    revise_plan: () => l10n.t('revise the plan'),
  };
  return (Object.hasOwn(verbs, tool) ? verbs[tool]?.() : undefined) ?? tool.replaceAll('_', ' ');
}
