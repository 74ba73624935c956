/** A daemon's arguments and settings file → the settings that decide about packets and that its API does not tell. */
import type { DaemonSettings } from '../host/host.ts';
import type { Engine } from '../model/container.ts';
import { jsonFields, type Tell } from './json-fields.ts';

/** Both are true unless somebody said otherwise (dockerd(8)); a setting is left out when it cannot be known. */
export function parseDaemonSettings(
  settings: DaemonSettings | undefined,
  tell: Tell,
): Pick<Engine, 'userlandProxy' | 'iptables'> {
  if (settings === undefined) return {};
  const file = jsonFields(settings.file, tell, 'daemon.json');
  const known = (name: string): boolean | undefined => {
    const said = settings.args
      .map((arg) => new RegExp(`^--${name}(?:=(.*))?$`).exec(arg))
      .findLast((match) => match !== null);
    // Go's flags take 1, t, T, TRUE, true, True and their opposites (strconv.ParseBool).
    if (said) return said[1] === undefined || /^(1|t|true)$/i.test(said[1]);
    return settings.file === undefined ? undefined : (file.flag(name) ?? true);
  };
  const [userlandProxy, iptables] = [known('userland-proxy'), known('iptables')];
  return { ...(userlandProxy === undefined ? {} : { userlandProxy }), ...(iptables === undefined ? {} : { iptables }) };
}
