import type { NextStep } from '../protocol/dashboard-rows.ts';

/** The command behind each step; all of them take the session's id. */
export const stepCommands: Record<NextStep, string> = {
  'approve-plan': 'orchestrate.plan.approve',
  'open-plan': 'orchestrate.plan.show',
  'revise-plan': 'orchestrate.plan.revise',
  'cancel-plan': 'orchestrate.plan.cancel',
  answer: 'orchestrate.answer',
  review: 'orchestrate.review.open',
  resume: 'orchestrate.resumeSession',
  'ask-for-more': 'orchestrate.askForMore',
  report: 'orchestrate.showReport',
};
