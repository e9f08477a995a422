import { computed } from '@preact/signals';
import { model } from '../page.ts';

/** Providers in the order in which they were first used: each keeps its colour. */
export const colours = computed(
  () => new Map([...model.tables.providers.ids.value].map((id, index) => [id, index % 6])),
);

/** The class that gives a provider its colour. */
export const colourOf = (provider: string | undefined): string =>
  `provider-${(provider === undefined ? undefined : colours.value.get(provider)) ?? 'none'}`;
