/** A lab host with the standard scenario in it, plugged into a LAN. */
import { type LabHost, type LabHostOptions, startLabHost } from '../lab/lab-host.ts';
import { type Lan, startLan } from '../lab/lan.ts';
import { runSteps } from '../scenarios/build-scenario.ts';
import { standard } from '../scenarios/standard.ts';

export interface StandardHost {
  readonly host: LabHost;
  readonly lan: Lan;
  stop(): Promise<void>;
}

export const HOST_ADDRESS = '10.77.0.11';

/** Everything that was begun is ended again when something fails on the way. */
export const startStandardHost = async (options: LabHostOptions = {}): Promise<StandardHost> => {
  const lan = await startLan();
  let host: LabHost | undefined;
  const stop = async (): Promise<void> => {
    await host?.stop();
    await lan.stop();
  };
  try {
    host = await startLabHost({ docker: true, ...options });
    await lan.plug(host, HOST_ADDRESS);
    await runSteps(host, standard.build);
    return { host, lan, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
