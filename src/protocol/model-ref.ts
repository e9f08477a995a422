import type { ModelRef } from './ids.ts';

export const providerOf = (ref: ModelRef): string => ref.slice(0, ref.indexOf('/'));
export const modelOf = (ref: ModelRef): string => ref.slice(ref.indexOf('/') + 1);
