import type * as z from 'zod';
import { Envelope } from '../../protocol/events.ts';
import { type Exact, objectOf } from './exact.ts';

/** The kinds of event of a journal, for reading them back. */
export interface EventTable<E> {
  /** Lines of a newer version are passed over. */
  version: number;
  /** By type of event: whether a line's value is that event, exactly as it stands there. */
  exact: ReadonlyMap<string, Exact>;
  schema: z.ZodType;
  /** The type of the event that stands for all before it, where the journal has one. */
  snapshot?: string;
  /** What its events are; never set. */
  readonly event?: E;
}

interface Union extends z.ZodType {
  options: readonly { shape: Record<string, z.core.$ZodType> & { type: { value: string } } }[];
}

export function eventTable<E>(schema: Union, version: number, snapshot?: string): EventTable<E> {
  const exact = schema.options.map(
    ({ shape }) => [shape.type.value, objectOf(shape, Object.keys(Envelope.shape))] as const,
  );
  return { version, exact: new Map(exact), schema, ...(snapshot !== undefined && { snapshot }) };
}
