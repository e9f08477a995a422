import type { Approver, DeliveryAuthor } from '../../protocol/delivery.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import type { Candidate } from './state.ts';

/** Whose yes lands a candidate. */
export type ApprovalRule = 'person' | 'reviewer' | 'none';

/** Why somebody's yes does not count; undefined where it does. */
export function whyNotBy(rule: ApprovalRule, by: Approver, authors: readonly DeliveryAuthor[]): string | undefined {
  if (rule === 'none' || by.kind === 'person') return undefined;
  if (rule === 'person') return 'only a person may approve here (delivery.approval: person)';
  if (authors.some(author => author.agent === by.agent))
    return `${by.agent} wrote part of it, and nobody approves their own work`;
  const vendors = new Set(authors.flatMap(({ model }) => (model === undefined ? [] : [providerOf(model)])));
  if (authors.some(({ model }) => model === undefined))
    return 'it is not known whose model wrote part of it, so that no reviewer is of another vendor for certain';
  if (vendors.has(providerOf(by.model)))
    return `${by.model} is of a vendor whose model wrote part of it: a reviewer of another vendor, or a person, has to look`;
  return undefined;
}

/** An approval is for one tree on one target: once either has changed, it no longer applies. */
export function isApproved(rule: ApprovalRule, { approval, tree, targetAt }: Candidate): boolean {
  return rule === 'none' || (approval !== undefined && approval.tree === tree && approval.targetAt === targetAt);
}
