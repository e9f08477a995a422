/** What it keeps goals in: a window's memory. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

const DRAFT = 'orchestrate.goal';
const EARLIER = 'orchestrate.goals';
const KEPT = 30;

/** The goal that is being written, and those that were: none is typed twice, whatever becomes of its session. */
export class Goals {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** What was typed and led to no plan yet. */
  get draft(): string {
    return this.#memory.get<string>(DRAFT) ?? '';
  }

  /** Newest first. */
  get earlier(): readonly string[] {
    return this.#memory.get<string[]>(EARLIER) ?? [];
  }

  async write(text: string): Promise<void> {
    await this.#memory.update(DRAFT, text);
  }

  /** A session is about to be started with it. */
  async typed(goal: string): Promise<void> {
    await this.write(goal);
    const earlier = [goal, ...this.earlier.filter(each => each !== goal)];
    await this.#memory.update(EARLIER, earlier.slice(0, KEPT));
  }

  /** There is a plan for it: the next goal is a new one. */
  async planned(goal: string): Promise<void> {
    if (this.draft.trim() === goal) await this.write('');
  }
}
