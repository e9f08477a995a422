/** `npm run bench -- NAME`: runs test/bench/NAME.ts, which prints one line for each thing it measured. */
const [name] = process.argv.slice(2);
if (!name || !/^[a-z-]+$/.test(name)) {
  console.error('Which one? npm run bench -- NAME, for a file test/bench/NAME.ts');
  process.exitCode = 2;
} else await import(`./${name}.ts`);
