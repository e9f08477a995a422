/** Variables that SDKs read even when everything is given to them: they would add headers to requests with a key. */
const hidden = ['ANTHROPIC_CUSTOM_HEADERS', 'OPENAI_CUSTOM_HEADERS'];

/** Runs `build` as if these variables were not set. In one synchronous step, so that nobody else can notice. */
export function withoutEnv<T>(build: () => T): T {
  const { env } = process;
  const before = hidden.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  for (const [name] of before) delete env[name];
  try {
    return build();
  } finally {
    for (const [name, value] of before) env[name] = value;
  }
}
