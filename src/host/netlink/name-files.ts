/** The names an administrator gave to routing tables, protocols, scopes …: /etc/iproute2 over /usr/share/iproute2 over what is built in. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtInNames, mergeNameTables, type NameTable, type NameTables, parseNameTable } from './decode/names.ts';

const directories = ['/usr/share/iproute2', '/usr/lib/iproute2', '/etc/iproute2'];

const readTable = (path: string): NameTable => {
  try {
    return parseNameTable(readFileSync(path, 'utf8'));
  } catch {
    return new Map();
  }
};

const dropIns = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
};

const named = (file: string, builtIn: NameTable): NameTable =>
  mergeNameTables(
    builtIn,
    ...directories.flatMap((directory) =>
      [`${directory}/${file}`, ...dropIns(`${directory}/${file}.d`)].map(readTable),
    ),
  );

/** /etc/passwd or /etc/group: name:x:number:… */
const accounts = (path: string): NameTable => {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const [name, , number] = line.split(':');
      if (name && number) names.set(Number(number), name);
    }
  } catch {
    // Without the file numbers are shown as numbers, as ip does.
  }
  return names;
};

export const readNameTables = (): NameTables => ({
  tables: named('rt_tables', builtInNames.tables),
  protocols: named('rt_protos', builtInNames.protocols),
  scopes: named('rt_scopes', builtInNames.scopes),
  realms: named('rt_realms', builtInNames.realms),
  groups: named('group', builtInNames.groups),
  dsfields: named('rt_dsfield', builtInNames.dsfields),
  users: accounts('/etc/passwd'),
  userGroups: accounts('/etc/group'),
});
