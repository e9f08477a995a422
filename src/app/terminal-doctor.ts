import { configuredProviders } from '../core/config/providers.ts';
import { showDiagnoses } from '../terminal/commands/doctor.ts';
import { workspaceOf } from '../terminal/find-session.ts';
import { type Call, option, type Terminal } from '../terminal/terminal.ts';
import { diagnose, diagnoseWorkers } from './diagnose.ts';
import { environmentSecrets, keyVariable } from './keys.ts';
import { loadFrom } from './load-config.ts';

/** `orchestrate doctor` */
export async function doctor(terminal: Terminal, call: Call): Promise<number> {
  const { environment, clock, interrupt } = terminal;
  const workspace = workspaceOf(terminal, call);
  const { config, problems } = await loadFrom({
    workspace,
    environment,
    configFile: option(call, 'config'),
  });
  const providers = configuredProviders(config);
  const keyFrom = (name: string) => {
    const provider = providers.find(each => each.name === name);
    return provider && keyVariable(provider, environment);
  };
  const diagnoses = await diagnose(config, environmentSecrets(providers, environment), keyFrom, clock, interrupt);
  const workers = await diagnoseWorkers(
    config,
    { environment, workspace, clock, version: terminal.version },
    interrupt,
  );
  return showDiagnoses(terminal, problems, { diagnoses, workers }, call.options.json === true);
}
