/** `GET /networks/ID` of an engine → EngineNetwork. */
import type { EngineKind, EngineNetwork } from '../model/container.ts';
import { type HostId, networkId } from '../model/ids.ts';
import { jsonFields, type Tell } from './json-fields.ts';

/** undefined when not even an id can be read. */
export function parseEngineNetwork(
  json: unknown,
  host: HostId,
  engine: EngineKind,
  tell: Tell,
): EngineNetwork | undefined {
  const fields = jsonFields(json, tell);
  // Podman's own spelling is `id`, its Docker-compatible API says `Id`.
  const fullId = fields.text('Id') ?? fields.text('id');
  if (fullId === undefined || fullId === '') return undefined;
  const subnets = fields
    .at('IPAM')
    .list('Config')
    .flatMap((config) => {
      const subnet = config.text('Subnet');
      const gateway = config.text('Gateway');
      const ipRange = config.text('IPRange');
      return subnet ? [{ subnet, ...(gateway ? { gateway } : {}), ...(ipRange ? { ipRange } : {}) }] : [];
    });
  return {
    id: networkId(host, engine, fullId),
    engine,
    fullId,
    name: fields.text('Name') ?? fullId.slice(0, 12),
    driver: fields.text('Driver') ?? '',
    scope: fields.text('Scope') ?? '',
    internal: fields.flag('Internal') ?? false,
    // Before API 1.47 (Docker 27) IPv4 could not be switched off, and the field did not exist.
    enableIpv4: fields.flag('EnableIPv4') ?? true,
    enableIpv6: fields.flag('EnableIPv6') ?? false,
    ingress: fields.flag('Ingress') ?? false,
    attachable: fields.flag('Attachable') ?? false,
    subnets,
    options: fields.labels('Options'),
    labels: fields.labels('Labels'),
    containers: fields.at('Containers').keys(),
  };
}
