/**
 * Takes out of a recording what it need not tell: who runs this, and where.
 *
 * Replaced, the same by the same everywhere, so that all still fits together: the host's name by `host`; public addresses by other public
 * addresses, every prefix kept (address-replacer.ts). Dropped: containers' environment, commands, mounts, and labels except Compose's project and
 * service; command lines of processes; the engine's registry, proxy and storage settings; search domains. Kept: private addresses, MAC addresses, names
 * of containers, networks, images and links, rule comments, sysctls: without them nothing could be explained.
 */
import type { EngineAnswers } from '../host.ts';
import { createAddressReplacer } from './address-replacer.ts';
import { formatRecording } from './format-recording.ts';
import { parseRecording } from './parse-recording.ts';
import type { RecordedAnswers } from './recorded-answers.ts';

export function redactAnswers(answers: RecordedAnswers): RecordedAnswers {
  const dropped: RecordedAnswers = {
    ...answers,
    engines: answers.engines.map(dropSecrets),
    netns: answers.netns.map((netns) =>
      netns.sockets === undefined
        ? netns
        : {
            ...netns,
            sockets: netns.sockets.map((socket) => ({
              ...socket,
              processes: socket.processes.map(({ cmdline: _, ...process }) => process),
            })),
          },
    ),
  };
  // As text every fact has one shape, so an address is replaced alike in links, rules and engines' answers.
  const replace = createAddressReplacer();
  const hideName = replaceName(answers.facts.hostname);
  const files = [...formatRecording(dropped)].map(
    ([path, text]) => [path, replaceIn(path, replace(text), hideName)] as const,
  );
  return parseRecording(new Map(files), 'host');
}

/** The host's name could also be a container's: it is only taken where it can but mean the host. */
function replaceIn(path: string, text: string, hideName: (text: string) => string): string {
  if (path.endsWith('/resolv.conf')) return text.replace(/^(search|domain)\s.*$/gm, '$1 example');
  if (path.endsWith('/hosts') || path === 'host.json' || path.endsWith('/info.json')) return hideName(text);
  return path.endsWith('/containers.json') ? text.replace(/"Hostname": ".*"/g, hideName) : text;
}

function replaceName(hostname: string): (text: string) => string {
  if (hostname === '') return (text) => text;
  const name = new RegExp(
    `(?<![\\w.-])${hostname.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:\\.[\\w.-]+)?(?![\\w-])`,
    'g',
  );
  return (text) => text.replace(name, 'host');
}

/** Fields of an inspected container that say nothing about its network. */
const containerSecrets = ['Args', 'Path', 'Mounts', 'GraphDriver', 'LogPath', 'ExecIDs', 'Storage'];
const configSecrets = ['Env', 'Cmd', 'Entrypoint', 'Volumes', 'Healthcheck', 'User', 'WorkingDir', 'Domainname'];
const hostConfigSecrets = [
  'Binds',
  'LogConfig',
  'Mounts',
  'Devices',
  'ContainerIDFile',
  'VolumesFrom',
  'SecurityOpt',
  'Tmpfs',
  'Annotations',
];
const infoSecrets = [
  'RegistryConfig',
  'HttpProxy',
  'HttpsProxy',
  'NoProxy',
  'Labels',
  'DockerRootDir',
  'ID',
  'Runtimes',
  'ClusterInfo',
];

function dropSecrets(engine: EngineAnswers): EngineAnswers {
  return {
    ...engine,
    info: without(engine.info, infoSecrets),
    containers: engine.containers.map((container) => {
      const { Config, HostConfig, ...rest } = asObject(without(container, containerSecrets));
      const config = asObject(without(Config, configSecrets));
      return {
        ...rest,
        Config: { ...config, Labels: telling(config['Labels']) },
        HostConfig: without(HostConfig, hostConfigSecrets),
      };
    }),
    networks: engine.networks.map((network) => ({
      ...asObject(network),
      Labels: telling(asObject(network)['Labels']),
    })),
  };
}

/** Labels that say which application a container belongs to. */
function telling(labels: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(asObject(labels)).filter(([name]) =>
      /^(com\.docker|io\.podman)\.compose\.(project|service|network)$/.test(name),
    ),
  );
}

function without(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
