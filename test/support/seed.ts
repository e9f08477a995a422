import fc from 'fast-check';

// The same cases in every run, so that a red run can be looked into; FC_SEED tries others.
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  defaultSizeToMaxWhenMaxSpecified: true,
  seed: Number(process.env.FC_SEED ?? 20_261_121),
});

// What a command may do unheld is the same on every machine; what holds them has tests of its own.
process.env.ORCHESTRATE_SANDBOX ??= 'off';
