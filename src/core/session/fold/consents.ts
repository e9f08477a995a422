import type { EventOf } from '../../../protocol/events.ts';
import type { SessionState } from '../state.ts';

/** The rule by which a file is asked about because tools run something by it. */
export const actsRule = 'runs-by-itself';

const DOMAIN = 'network: ';
/** The rule by which it is asked whether commands in the sandbox may reach a domain. */
export const domainRule = (domain: string): string => DOMAIN + domain;
export const isDomainRule = (rule: string): boolean => rule.startsWith(DOMAIN);

/** Key of `consents`: the agent's task, or the agent where it has none, and the file. */
export const consentKey = ({ agents }: SessionState, agent: string, path: string): string =>
  `${agents.get(agent)?.task ?? agent}\n${path}`;

/** What a person said of such a file holds for the whole task, whichever agent works on it. */
export function noteConsent(
  state: SessionState,
  request: EventOf<'permission-asked'>,
  { decision, by }: EventOf<'permission-answered'>,
): void {
  if (request.rule !== actsRule || by === 'system') return;
  state.consents.set(consentKey(state, request.agent, request.what), decision);
}
