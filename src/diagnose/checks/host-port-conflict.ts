/** A container could not start because its host port was taken. */
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

const taken = /port is already allocated|address already in use|bind: permission denied/i;
const portIn = /(?:Bind for |listen (?:tcp|udp)[46]? |host port (?:for )?)\[?([0-9a-f.:]*?)\]?:(\d+)/i;

export const hostPortConflict: Check = {
  id: 'host-port-conflict',
  severity: 'error',
  about:
    'Two cannot have one port of the host. "port is already allocated" means another container of this engine has it; "address already in use" means a ' +
    'program of the host has it, typically a resolver on 53 or a web server on 80.',
  not: [
    'the same port on different host addresses or protocols',
    'a container that was stopped without an error',
    'a container that runs by now',
  ],
  references: ['moby#25877', 'moby#20486', 'moby#27158'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, netns, containers, ports }) =>
      containers.flatMap((container) => {
        const { name, error, pid } = container.facts;
        if (error === undefined || pid > 0 || !taken.test(error)) return [];
        const port = Number(portIn.exec(error)?.[2] ?? Number.NaN);
        const rival = ports.find(
          (one) =>
            one.published.hostPort === port &&
            one.container !== container.id &&
            (view.graph.containers.get(one.container)?.facts.pid ?? 0) > 0,
        );
        const rivalName = rival === undefined ? undefined : view.graph.containers.get(rival.container)?.facts.name;
        const socket = netns?.facts.sockets?.find((one) => one.port === port);
        const holder = rivalName ?? socket?.processes.map((holder) => `${holder.comm} (pid ${holder.pid})`)[0];
        return {
          subject: name,
          title: `${name} could not start: ${Number.isNaN(port) ? 'its host port' : `port ${port}`} is taken${holder === undefined ? '' : ` by ${holder}`}`,
          why: `${name} stays stopped until the port is free or it is given another.`,
          evidence: [
            { fact: error, source: `${engine.kind} inspect ${name}, State.Error`, container: container.id },
            ...(holder === undefined
              ? []
              : [
                  {
                    fact: `${holder} has port ${port}`,
                    source: rivalName === undefined ? 'ss -lntup (host)' : `${engine.kind} inspect ${rivalName}`,
                  },
                ]),
          ],
          remedies: [
            guided({
              title: 'Give it another host port, or stop who has it',
              changes: 'The container can start.',
              scope: 'container',
              risk: 'Stopping a resolver of the host cuts its name resolution.',
              riskLevel: 'medium',
              persistence: 'For good.',
              steps: [
                'publish another host port and create the container again',
                ...(holder === undefined ? ['ss -lntup shows who has it'] : [`or stop ${holder}`]),
              ],
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
