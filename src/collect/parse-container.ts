/** `GET /containers/ID/json` of an engine → Container: Docker 20.10 to 29 and Podman's compatible answers. */
import type { Container, Endpoint, EngineKind, EngineNetwork } from '../model/container.ts';
import { containerId, type HostId } from '../model/ids.ts';
import { type JsonFields, jsonFields, type Tell } from './json-fields.ts';
import { parseExposedPorts, parsePublishedPorts } from './parse-ports.ts';
import { resolveMode } from './resolve-mode.ts';

export interface ContainerContext {
  readonly host: HostId;
  readonly engine: EngineKind;
  readonly networks: readonly EngineNetwork[];
  readonly tell: Tell;
}

/** undefined when not even an id can be read. */
export function parseContainer(json: unknown, context: ContainerContext): Container | undefined {
  const fields = jsonFields(json, context.tell);
  const fullId = fields.text('Id');
  if (fullId === undefined || fullId === '') return undefined;
  const [state, config, hostConfig] = [fields.at('State'), fields.at('Config'), fields.at('HostConfig')];
  const settings = fields.at('NetworkSettings');
  const networkMode = hostConfig.text('NetworkMode') ?? '';
  const endpoints = settings.map('Networks').map(([name, endpoint]) => parseEndpoint(name, endpoint));
  const pid = state.number('Pid') ?? 0;
  const labels = config.labels('Labels');
  return {
    id: containerId(context.host, context.engine, fullId),
    engine: context.engine,
    fullId,
    name: (fields.text('Name') ?? '').replace(/^\//, '') || fullId.slice(0, 12),
    image: config.text('Image') ?? fields.text('Image') ?? '',
    state: parseState(state),
    pid,
    mode: resolveMode({ networkMode, endpoints }, context.networks),
    networkMode,
    endpoints,
    ports: parsePublishedPorts(fields, pid > 0),
    exposedPorts: parseExposedPorts(fields),
    labels,
    ...(networkMode.startsWith('container:') ? { sharesNetnsOf: networkMode.slice('container:'.length) } : {}),
    ...parseCompose(labels),
    ...optional('startedAt', startTime(state)),
    ...optional('error', state.text('Error')),
    ...optional('sandboxKey', settings.text('SandboxKey')),
    ...optional('hostname', config.text('Hostname')),
    ...optionalList('extraHosts', hostConfig.texts('ExtraHosts')),
    ...optionalList('dns', hostConfig.texts('Dns')),
    ...optionalList('links', hostConfig.texts('Links')),
    privileged: hostConfig.flag('Privileged') ?? false,
  };
}

function parseEndpoint(network: string, fields: JsonFields): Endpoint {
  const ipv4 = fields.text('IPAddress');
  const ipv6 = fields.text('GlobalIPv6Address');
  return {
    network,
    networkId: fields.text('NetworkID') ?? '',
    // From Docker 25 on the names the engine's DNS answers to are in DNSNames; before, in Aliases.
    aliases: [...new Set([...fields.texts('Aliases'), ...fields.texts('DNSNames')])],
    ...optional('endpointId', fields.text('EndpointID')),
    ...(ipv4 ? { ipv4, prefixLength4: fields.number('IPPrefixLen') ?? 32 } : {}),
    ...(ipv6 ? { ipv6, prefixLength6: fields.number('GlobalIPv6PrefixLen') ?? 128 } : {}),
    ...optional('gateway4', fields.text('Gateway')),
    ...optional('gateway6', fields.text('IPv6Gateway')),
    ...optional('mac', fields.text('MacAddress')?.toLowerCase()),
    ...optional('gwPriority', fields.number('GwPriority')),
  };
}

function parseState(state: JsonFields): string {
  const status = state.text('Status');
  if (status !== undefined && status !== '') return status;
  if (state.flag('Paused') === true) return 'paused';
  return state.flag('Running') === true ? 'running' : 'exited';
}

/** The engine's zero time means never. */
function startTime(state: JsonFields): string | undefined {
  const time = state.text('StartedAt');
  return time?.startsWith('0001-') ? undefined : time;
}

function parseCompose(labels: Readonly<Record<string, string>>): Pick<Container, 'compose'> {
  const label = (name: string) => labels[`com.docker.compose.${name}`] ?? labels[`io.podman.compose.${name}`];
  const [project, service] = [label('project'), label('service')];
  return project === undefined || service === undefined ? {} : { compose: { project, service } };
}

/** Engines write '' where there is nothing. */
function optional<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return value === undefined || value === '' ? {} : ({ [name]: value } as { readonly [N in Name]?: T });
}

function optionalList<Name extends string>(
  name: Name,
  value: readonly string[],
): { readonly [N in Name]?: readonly string[] } {
  return value.length === 0 ? {} : ({ [name]: value } as { readonly [N in Name]?: readonly string[] });
}
