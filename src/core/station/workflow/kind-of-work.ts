/** What a step of a workflow does, as far as its words tell. */
export type KindOfWork = 'development' | 'testing' | 'review' | 'deploy';

const BEGINS: readonly [pattern: RegExp, kind: KindOfWork][] = [
  [/^\s*(re-?)?(test|verify|validate|check|qa)\b/i, 'testing'],
  [/^\s*(deploy|release|publish|ship|roll ?out)\b/i, 'deploy'],
  [/^\s*(review|audit|approve|inspect|judge)\b/i, 'review'],
];

/** Words by which people call each. */
const CALLED: Readonly<Record<KindOfWork, RegExp>> = {
  development: /^(dev(elopment|elop)?|coding|implementation|build(ing)?)$/i,
  testing: /^(test(s|ing)?|qa|validation)$/i,
  review: /^(reviews?|reviewing|code review)$/i,
  deploy: /^(deploy(ment|s)?|releases?)$/i,
};

export const kindOfWork = (task: string): KindOfWork =>
  BEGINS.find(([pattern]) => pattern.test(task))?.[1] ?? 'development';

export const kindCalled = (words: string): KindOfWork | undefined =>
  (Object.keys(CALLED) as KindOfWork[]).find(kind => CALLED[kind].test(words.trim()));
