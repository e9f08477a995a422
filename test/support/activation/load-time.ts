/** `load-time.ts FOLDER`: prints how many milliseconds it takes to load the extension built there. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { standInForVscode } from './fake-vscode.ts';

standInForVscode();
await import('vscode');
const start = performance.now();
await import(pathToFileURL(join(process.argv[2] ?? 'dist', 'extension.js')).href);
console.log(performance.now() - start);
