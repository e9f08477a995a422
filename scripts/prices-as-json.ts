import { waitForUpdate } from '@pydantic/genai-prices';
import type { Plugin } from 'esbuild';

/**
 * Puts the price library's data into the bundle as JSON text with the fields we read. Its module is one object literal
 * of half a megabyte, which stops everything for longer than a frame when it is loaded; JSON takes a tenth of that.
 */
export const pricesAsJson: Plugin = {
  name: 'prices-as-json',
  setup(build) {
    build.onLoad({ filter: /[\\/]@pydantic[\\/]genai-prices[\\/]dist[\\/]index\.js$/ }, async () => {
      const vendors = (await waitForUpdate()) ?? [];
      const data = vendors.map(({ id, api_pattern, models }) => ({
        id,
        api_pattern,
        models: models.map(({ match, prices, context_window }) => ({ match, prices, context_window })),
      }));
      if (data.length === 0) throw new Error('the price library holds no prices');
      const text = JSON.stringify(JSON.stringify(data));
      return { contents: `export const waitForUpdate = async () => JSON.parse(${text});`, loader: 'js' };
    });
  },
};
