import type { Attached } from '../../protocol/attached.ts';
import type { SessionState } from './state.ts';

/** Whose artifacts the images are that a person hands in. */
export const PERSON = 'user';

/** Takes them among the artifacts: they are shown, read and reported like what agents publish. */
export function attach(state: SessionState, { attached, at }: { attached?: Attached[] | undefined; at: number }): void {
  for (const { artifact, mediaType, blob, bytes } of attached ?? []) {
    state.touched.one('artifacts', artifact);
    const versions = state.artifacts.get(artifact) ?? [];
    if (versions.some(version => version.blob === blob && version.agent === PERSON)) continue;
    state.artifacts.set(artifact, [
      ...versions,
      { artifact, version: versions.length + 1, agent: PERSON, mediaType, blob, bytes, at },
    ]);
  }
}

/** The same under names that nothing else in the session has, however its images are called. */
export function freelyNamed(attached: readonly Attached[] | undefined, state: SessionState): { attached?: Attached[] } {
  if (!attached || attached.length === 0) return {};
  const taken = new Map([...state.artifacts].map(([name, versions]) => [name, versions.at(-1)?.blob]));
  const named = attached.map(image => {
    const [, stem = '', end = ''] = /^(.*?)(\.[^.]*)?$/.exec(image.artifact) ?? [];
    let artifact = image.artifact;
    for (let next = 2; taken.has(artifact) && taken.get(artifact) !== image.blob; next++)
      artifact = `${stem.slice(0, 50)}-${next}${end.slice(0, 8)}`;
    taken.set(artifact, image.blob);
    return { ...image, artifact };
  });
  return { attached: named };
}
