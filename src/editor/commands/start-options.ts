import * as vscode from 'vscode';
import { askDollars } from '../plain/ask-dollars.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';

const { t } = vscode.l10n;

export interface StartOptions {
  roles?: string[];
  budgetUsd?: number;
}

/** Enter goes on at once; each option comes back here. */
export async function askOptions(controller: SessionController): Promise<StartOptions | 'workflow' | undefined> {
  const options: StartOptions = {};
  for (;;) {
    const roles = options.roles ? options.roles.join(', ') : t('the planner chooses');
    const budget = options.budgetUsd === undefined ? t('as in the settings') : `$${options.budgetUsd}`;
    const picked = await window.showQuickPick(
      [
        {
          label: t('Make a plan'),
          iconPath: new vscode.ThemeIcon('play'),
          description: t('you see it before anything runs'),
          go: 'start' as const,
        },
        { label: t('Follow a workflow...'), iconPath: new vscode.ThemeIcon('run-all'), go: 'workflow' as const },
        {
          label: t('Choose roles...'),
          iconPath: new vscode.ThemeIcon('organization'),
          description: roles,
          go: 'roles' as const,
        },
        {
          label: t('Set a budget...'),
          iconPath: new vscode.ThemeIcon('credit-card'),
          description: budget,
          go: 'budget' as const,
        },
      ],
      { title: t('Start Session'), ignoreFocusOut: true },
    );
    if (!picked) return undefined;
    if (picked.go === 'start') return options;
    if (picked.go === 'workflow') return 'workflow';
    if (picked.go === 'roles') options.roles = (await askRoles(controller, options.roles)) ?? options.roles ?? [];
    else {
      const usd = await askDollars(t('What may this session cost, in US dollars?'), options.budgetUsd);
      if (usd !== undefined) options.budgetUsd = usd;
    }
    if (options.roles?.length === 0) delete options.roles;
  }
}

async function askRoles(controller: SessionController, chosen: string[] = []): Promise<string[] | undefined> {
  const roles = (await controller.roles()).filter(({ name }) => name !== 'orchestrator');
  const items = roles.map(({ name, description }) => ({
    label: name,
    detail: description,
    picked: chosen.includes(name),
  }));
  const picked = await window.showQuickPicks(items, {
    title: t('Which roles may the planner use?'),
    ignoreFocusOut: true,
  });
  return picked?.map(({ label }) => label);
}
