import * as vscode from 'vscode';
import type { Diagnosis } from '../../core/doctor/doctor.ts';
import type { Checked } from './lines.ts';

/** What this window found when it last asked each provider. */
export class ProviderChecks implements vscode.Disposable {
  readonly #found = new Map<string, Checked>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;

  get found(): ReadonlyMap<string, Checked> {
    return this.#found;
  }

  took(diagnoses: readonly Diagnosis[]): void {
    for (const diagnosis of diagnoses) {
      // A check that was cancelled says nothing.
      if (diagnosis.error !== 'aborted') this.#found.set(diagnosis.provider, { at: Date.now(), diagnosis });
    }
    this.#changed.fire();
  }

  /** Its key has changed. */
  forget(provider: string): void {
    if (this.#found.delete(provider)) this.#changed.fire();
  }

  /** What was configured may be another server now. */
  forgetAll(): void {
    this.#found.clear();
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
