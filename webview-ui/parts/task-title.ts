import { model } from '../page.ts';

/** What a task is called for people; its id only where nothing else is known. */
export const taskTitle = (id: string): string => model.tables.tasks.get(id)?.title ?? id;
