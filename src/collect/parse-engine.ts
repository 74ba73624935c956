/** All an engine said → Engine, with gaps for what made no sense. */

import type { EngineAnswers } from '../host/host.ts';
import type { Container, Engine, EngineNetwork } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import type { HostId } from '../model/ids.ts';
import { type JsonFields, jsonFields, type Tell } from './json-fields.ts';
import { parseContainer } from './parse-container.ts';
import { parseDaemonSettings } from './parse-daemon-settings.ts';
import { parseEngineNetwork } from './parse-engine-network.ts';

/** An engine that answers nonsense throughout must not flood the reader: after this many, troubles are only counted. */
const troublesTold = 20;

export interface ParsedEngine {
  readonly engine: Engine;
  readonly gaps: readonly Gap[];
}

/** `known`: networks learnt before, when `answers` holds only some containers. */
export function parseEngine(answers: EngineAnswers, host: HostId, known: readonly EngineNetwork[] = []): ParsedEngine {
  const troubles: string[] = [];
  const within = (where: string) => (trouble: string) => {
    troubles.push(`${where}: ${trouble}`);
  };
  const version = jsonFields(answers.version, within('/version'));
  const info = jsonFields(answers.info, within('/info'));
  const networks = answers.networks.flatMap((json) => {
    const tell = within(`network ${nameOf(json)}`);
    return parseEngineNetwork(json, host, answers.kind, tell) ?? (tell('no Id') as undefined) ?? [];
  });
  const containers = answers.containers.flatMap((json) => {
    const tell = within(`container ${nameOf(json)}`);
    const context = { host, engine: answers.kind, networks: [...networks, ...known], tell };
    return parseContainer(json, context) ?? (tell('no Id') as undefined) ?? [];
  });
  const engine = {
    ...parseDaemon(answers, version, info, within('settings')),
    containers: resolveSharing(containers),
    networks,
  };
  return { engine, gaps: tellTroubles(answers, troubles) };
}

/** `container:` is followed by an id, or by what the user typed on engines that keep it: a name or a short id. */
export function resolveSharing(containers: readonly Container[]): readonly Container[] {
  return containers.map((container) => {
    const wanted = container.sharesNetnsOf;
    if (wanted === undefined) return container;
    const owner =
      containers.find(({ fullId, name }) => fullId === wanted || name === wanted) ??
      containers.find(({ fullId }) => wanted !== '' && fullId.startsWith(wanted));
    return owner === undefined ? container : { ...container, sharesNetnsOf: owner.fullId };
  });
}

function parseDaemon(
  answers: EngineAnswers,
  version: JsonFields,
  info: JsonFields,
  tell: Tell,
): Omit<Engine, 'containers' | 'networks'> {
  const firewallBackend = info.at('FirewallBackend').text('Driver');
  const liveRestore = info.flag('LiveRestoreEnabled');
  const addressPools = info.list('DefaultAddressPools').flatMap((pool) => {
    const [base, size] = [pool.text('Base'), pool.number('Size')];
    return base === undefined || size === undefined ? [] : [{ base, size }];
  });
  const swarm = info.at('Swarm');
  const node = swarm.text('NodeID');
  return {
    kind: answers.kind,
    socket: answers.socket,
    version: version.text('Version') ?? info.text('ServerVersion') ?? '',
    apiVersion: version.text('ApiVersion') ?? '',
    rootless:
      info.texts('SecurityOptions').some((option) => option.startsWith('name=rootless')) ||
      info.flag('Rootless') === true,
    warnings: info.texts('Warnings'),
    ...parseDaemonSettings(answers.settings, tell),
    ...(answers.pid === undefined ? {} : { pid: answers.pid }),
    ...(firewallBackend ? { firewallBackend } : {}),
    ...(liveRestore === undefined ? {} : { liveRestore }),
    ...(addressPools.length === 0 ? {} : { addressPools }),
    ...(swarm.text('LocalNodeState') === undefined
      ? {}
      : {
          swarm: {
            active: swarm.text('LocalNodeState') === 'active',
            ...(node ? { nodeId: node } : {}),
            manager: swarm.flag('ControlAvailable') ?? false,
          },
        }),
  };
}

function nameOf(json: unknown): string {
  const fields = jsonFields(json, () => {});
  return (fields.text('Name') ?? fields.text('Id')?.slice(0, 12) ?? '?').replace(/^\//, '');
}

function tellTroubles(answers: EngineAnswers, troubles: readonly string[]): readonly Gap[] {
  const gap = (detail: string): Gap => ({ source: `${answers.kind} ${answers.socket}`, reason: 'invalid', detail });
  const more = troubles.length - troublesTold;
  return [
    ...troubles.slice(0, troublesTold).map(gap),
    ...(more > 0 ? [gap(`and ${more} more fields that make no sense`)] : []),
  ];
}
