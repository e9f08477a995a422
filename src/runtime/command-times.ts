import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { CommandTime } from '../core/agent/surroundings.ts';
import { writeAtomic } from '../node/atomic-write.ts';
import type { JournalEvent } from '../protocol/events.ts';

const Times = z.record(z.string(), z.array(z.object({ command: z.string(), ms: z.number() })));

/** Of a workspace; the latest are kept. */
const KEPT = 40;
/** Workspaces of which times are kept. */
const WORKSPACES = 100;
/** What takes less is never waited for. */
const WORTH_MS = 500;
const LONGEST = 120;
/** Commands of agents that are run again and again; all others are one-time looks. */
const TELLING = /\b(tests?|check|lint|build|compile|tsc|mocha|jest|vitest|pytest|cargo|gradlew?|mvn|make|go)\b/;

/** How long a workspace's commands took when they last ran to their end, in a file of the user's. */
export class CommandTimesFile {
  readonly #path: string;
  readonly #workspace: string;
  #times = new Map<string, number>();
  #changed = false;

  constructor(userFolder: string, workspace: string) {
    this.#path = join(userFolder, 'command-times.json');
    this.#workspace = workspace;
  }

  async load(): Promise<void> {
    for (const { command, ms } of (await this.#read())[this.#workspace] ?? []) this.#times.set(command, ms);
  }

  known(): CommandTime[] {
    return [...this.#times].map(([command, ms]) => ({ command, ms }));
  }

  /** Takes what an event says of a command that ended by itself. */
  note(event: JournalEvent): void {
    if (event.type === 'check-ended' && 'run' in event.check && event.exit !== undefined && !event.interrupted)
      this.#add(event.check.run, event.ms);
    if (event.type === 'command-ended' && event.ended === 'exit' && TELLING.test(event.command))
      this.#add(event.command, event.ms);
  }

  async save(): Promise<void> {
    if (!this.#changed) return;
    const { [this.#workspace]: _, ...others } = await this.#read();
    const kept = Object.entries(others).slice(-WORKSPACES + 1);
    const all = Object.fromEntries([...kept, [this.#workspace, this.known().slice(-KEPT)]]);
    await writeAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`), { mode: 0o600 });
    this.#changed = false;
  }

  #add(command: string, ms: number): void {
    if (ms < WORTH_MS || command.length > LONGEST || command.includes('\n')) return;
    this.#times.delete(command);
    this.#times.set(command, Math.round(ms));
    this.#changed = true;
  }

  async #read(): Promise<z.infer<typeof Times>> {
    try {
      return Times.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}
