import type { Approver } from '../../protocol/delivery.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who sits here, for the record. */
export const personOf = ({ USER, USERNAME, LOGNAME }: Environment): Extract<Approver, { kind: 'person' }> => ({
  kind: 'person',
  name: USER ?? USERNAME ?? LOGNAME ?? 'you',
});
