/** One mistake in the configuration. */
export interface ConfigProblem {
  severity: 'error' | 'warning';
  /** The file or variable. */
  source: string;
  /** What is wrong and what to do. */
  message: string;
  line?: number;
  column?: number;
}
