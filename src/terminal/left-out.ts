import { partNames } from '../core/config/agreement.ts';
import type { Hindrance, Notes } from '../runtime/contract.ts';

const examples = 'ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY';

/** What of the set-up is left out, and what to do about it: a line for each. */
export function leftOut({ keyless = [], sensitive }: Notes): string[] {
  const what = sensitive ? partNames(sensitive) : [];
  return [
    ...(what.length > 0
      ? [`Of what this workspace sets, ${what.join(', ')} is set aside until you agree to it: orchestrate trust`]
      : []),
    ...keyless.map(({ name, variable }) => `${name} has no key and is not asked: set ${variable}.`),
  ];
}

/** Why no session can begin, with what to set. */
export function hindranceText(hindrance: Hindrance): string {
  switch (hindrance.reason) {
    case 'no-provider': {
      const down = hindrance.down.map(({ label, message }) => `${label} does not answer: ${message}`);
      const wanted = hindrance.keyless.length > 0 || down.length > 0;
      const first = wanted
        ? 'No model can be asked.'
        : `No model can be asked: set the key of any vendor, such as ${examples}.`;
      return [first, ...down, 'See: orchestrate doctor'].join('\n');
    }
    case 'no-route': {
      const [name = ''] = hindrance.providers;
      return `${hindrance.providers.join(', ')} can be asked, but it is not said which of its models should be: name them in your configuration, as providers.${name}.models: [{ id: MODEL }], or as routes.default: [${name}/MODEL].`;
    }
    case 'no-price': {
      const { model } = hindrance;
      return `What ${model} costs is not known, so it cannot be kept within a budget: say it in your configuration, as prices: [{ model: ${model}, input: 1, output: 5 }] in dollars per million tokens, or mark its provider with free: true.`;
    }
  }
}
