// Prints what the running server answers, to be held against the contract.
import { start } from './start.js';

const server = await start();
try {
  for (const title of ['Buy milk', 'Write the report']) {
    await fetch(`${server.url}/api/todos`, { method: 'POST', body: JSON.stringify({ title }) });
  }
  console.log(await (await fetch(`${server.url}/api/todos`)).text());
} finally {
  await server.stop();
}
