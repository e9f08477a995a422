import { stringify } from 'yaml';
import { confirm } from '../terminal/confirm.ts';
import { workspaceOf } from '../terminal/find-session.ts';
import { type Call, EXIT, print, type Terminal } from '../terminal/terminal.ts';
import { agree, loadFrom } from './load-config.ts';

/** `orchestrate trust` */
export async function trust(terminal: Terminal, call: Call): Promise<number> {
  const places = { workspace: workspaceOf(terminal, call), environment: terminal.environment };
  const { sensitive } = await loadFrom(places);
  if (!sensitive) {
    print(terminal, "This workspace's configuration asks for nothing that needs your agreement.");
    return EXIT.done;
  }
  print(terminal, `${places.workspace} wants to set:\n\n${stringify(sensitive)}`);
  print(terminal, 'Servers named here get your keys and your code; commands allowed here run without asking.');
  if (!call.options.yes && !(await confirm(terminal, 'Agree to this?'))) return EXIT.failures;
  await agree(places, sensitive);
  print(terminal, 'Agreed. When these parts of the file change, you will be asked again.');
  return EXIT.done;
}
