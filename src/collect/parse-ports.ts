/** The ports an engine publishes for a container, from what it did (NetworkSettings) or will do (HostConfig). */
import type { PublishedPort } from '../model/container.ts';
import type { JsonFields } from './json-fields.ts';

/** hostPort 0: the engine chooses one at start. hostIp is `0.0.0.0` where the engine says nothing. */
export function parsePublishedPorts(container: JsonFields, running: boolean): readonly PublishedPort[] {
  // A container that does not run publishes nothing; its settings say what it would.
  const bindings = running
    ? container.at('NetworkSettings').at('Ports')
    : container.at('HostConfig').at('PortBindings');
  return bindings.keys().flatMap((key) => {
    const port = parsePortKey(key);
    if (port === undefined) return [];
    return bindings.list(key).flatMap((binding) => {
      const hostPort = Number(binding.text('HostPort') || '0');
      // `8000-8010`: the engine picks one of the range at start.
      return [
        { hostIp: binding.text('HostIp') || '0.0.0.0', hostPort: Number.isInteger(hostPort) ? hostPort : 0, ...port },
      ];
    });
  });
}

/** Every port the image or the user named, published or not: `80/tcp`. */
export function parseExposedPorts(container: JsonFields): readonly string[] {
  const named = [
    ...container.at('Config').at('ExposedPorts').keys(),
    ...container.at('NetworkSettings').at('Ports').keys(),
  ];
  return [...new Set(named)].sort();
}

function parsePortKey(
  key: string,
): { readonly containerPort: number; readonly proto: PublishedPort['proto'] } | undefined {
  const match = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(key);
  const containerPort = Number(match?.[1]);
  if (match === null || containerPort > 65535) return undefined;
  return { containerPort, proto: (match[2] ?? 'tcp') as PublishedPort['proto'] };
}
