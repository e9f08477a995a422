import type { EventOf, Who } from '../../protocol/events.ts';
import type { AgentTask, Task } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import type { Disposable, NewId } from '../ports.ts';
import { freelyNamed } from '../session/attached.ts';
import type { Journal } from '../session/contract.ts';
import type { Done } from './done.ts';
import { type QueueItem, queueTask, targetOf } from './queue.ts';
import { fixTaskId } from './reviews.ts';

export interface IntakeHost {
  journal: Journal;
  newId: NewId;
  roles: readonly RoleSpec[];
  defaultRole: string;
  /** Puts a task among those that run. */
  add(task: Task): void;
}

/** Work that comes in beside the plan: from the queue, and from changes that somebody rejected with a reason. */
export class Intake implements Disposable {
  readonly #host: IntakeHost;
  readonly #subscription: Disposable;
  readonly #rejections = new Map<string, EventOf<'review-intent'>>();
  #open = false;

  constructor(host: IntakeHost) {
    this.#host = host;
    this.#subscription = host.journal.subscribe(event => {
      if (event.type === 'review-intent' && event.action === 'reject' && (event.reason || event.builtOn)) {
        this.#rejections.set(event.review, event);
      }
      if (event.type !== 'review-outcome') return;
      const rejection = this.#rejections.get(event.review);
      this.#rejections.delete(event.review);
      if (!rejection || !event.ok) return;
      this.#rejected(rejection);
    });
  }

  /** From now on what comes in becomes tasks; what came before does now. */
  start(): void {
    this.#open = true;
    for (const { item } of [...this.#host.journal.state.queue.values()]) this.#take(item);
  }

  stop(): void {
    this.#open = false;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  add(item: QueueItem, by: Who, id = this.#host.newId('item')): Done {
    const { journal } = this.#host;
    if (journal.state.queue.has(id)) return { ok: true };
    if (item.text.trim() === '') return { ok: false, message: 'there is nothing to do in it' };
    const target = this.#target(item.target);
    if (!target.ok) return target;
    const { text, priority } = item;
    const where = item.target === undefined ? {} : { target: item.target };
    const images = freelyNamed(item.attached, journal.state);
    journal.append({ type: 'queue-added', item: id, text, ...where, priority, ...images, by });
    this.#take(id);
    return { ok: true };
  }

  /** Takes work back that has not started. */
  remove(item: string, by: Who): Done {
    const { journal } = this.#host;
    if (!journal.state.queue.has(item)) return { ok: false, message: `there is no "${item}" in the queue` };
    journal.append({ type: 'queue-removed', item, by });
    return { ok: true };
  }

  /** Changes to a file were rejected: they go back to the same role as a task of their own. */
  mend(path: string, reason: string, by: Who, writer?: string): Done {
    const { journal } = this.#host;
    const id = writer ?? journal.state.files.get(path)?.tasks.at(-1);
    const known = id === undefined ? undefined : journal.state.tasks.get(id);
    const task = known?.task;
    if (!this.#open || !task || !isAgentTask(task)) return { ok: false, message: 'nobody at work has written it' };
    const fix: AgentTask = {
      ...task,
      id: fixTaskId(journal.state, task.id),
      title: `Mend ${path}`,
      needs: [],
      priority: 'high',
      writes: [...task.writes, ...(known?.granted ?? [])],
      publishes: [],
      instructions: `Your change to ${path} was rejected and taken out of the file again. The reason:\n${reason}\n\nDo that part of the task once more so that it can be accepted. The task was:\n${task.instructions}`,
    };
    journal.append({ type: 'task-added', task: fix, by, reason: `changes to ${path} were rejected` });
    this.#host.add(fix);
    return { ok: true };
  }

  /** Goes back to whoever wrote it; and to who had built on it and lost that, through no fault of their own. */
  #rejected({ path, reason, builtOn, authors, by }: EventOf<'review-intent'>): void {
    const tasksOf = (all: typeof authors = []) => [...new Set(all.flatMap(({ task }) => task ?? []))];
    const losers = tasksOf(builtOn);
    const writers = tasksOf(authors).filter(task => !losers.includes(task));
    if (reason) for (const writer of writers.length > 0 ? writers : [undefined]) this.mend(path, reason, by, writer);
    const why = `it was built on work of ${writers.join(', ') || 'another agent'}, which was rejected`;
    for (const loser of losers) this.mend(path, why, by, loser);
  }

  #take(id: string): void {
    const { journal, defaultRole } = this.#host;
    const item = journal.state.queue.get(id);
    if (!this.#open || !item) return;
    const target = this.#target(item.target);
    const task = queueTask(item, target.ok ? target : { ok: true, role: defaultRole });
    const known = journal.state.tasks.has(task.id);
    if (!known) journal.append({ type: 'task-added', task, by: item.by, reason: 'queued' });
    journal.append({ type: 'queue-taken', item: id, task: task.id });
    if (!known) this.#host.add(task);
  }

  #target(target: string | undefined) {
    const { journal, roles, defaultRole } = this.#host;
    return targetOf(target, journal.state.plan, roles, defaultRole);
  }
}
