import { parseArgs } from 'node:util';
import manifest from '../package.json' with { type: 'json' };

const usage = `Usage: orchestrate [--help | --version]

  --help     show this text
  --version  show the version
`;

/** The exit code: 0, or 2 for wrong usage. */
function main(args: string[]): number {
  try {
    const options = { help: { type: 'boolean' }, version: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args, options });
    process.stdout.write(values.version ? `${manifest.version}\n` : usage);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
