/** Says quickly of the facts there are thousands of that nothing is missing in them; what it is not sure of goes through the schema. */

type Item = Readonly<Record<string, unknown>>;

const isString = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';
const isMaybe = (type: 'string' | 'number', item: Item, ...keys: readonly string[]): boolean =>
  keys.every((key) => item[key] === undefined || typeof item[key] === type);
const areStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const hasInfo = (info: unknown): boolean =>
  info === undefined ||
  (isObject(info) &&
    isMaybe('string', info as Item, 'info_kind', 'info_slave_kind') &&
    ['info_data', 'info_slave_data'].every(
      (key) => (info as Item)[key] === undefined || isObject((info as Item)[key]),
    ));

const isLink = (item: Item): boolean =>
  Number.isInteger(item['ifindex']) &&
  Number(item['ifindex']) > 0 &&
  isString(item['ifname']) &&
  areStrings(item['flags']) &&
  isNumber(item['mtu']) &&
  isString(item['operstate']) &&
  isString(item['link_type']) &&
  isMaybe('string', item, 'master', 'address') &&
  isMaybe('number', item, 'link_index', 'link_netnsid') &&
  (item['link'] === undefined || item['link'] === null || isString(item['link'])) &&
  hasInfo(item['linkinfo']);

const isAddress = (item: Item): boolean =>
  (item['family'] === 'inet' || item['family'] === 'inet6') &&
  isString(item['local']) &&
  isNumber(item['prefixlen']) &&
  isString(item['scope']);

const isAddresses = (item: Item): boolean =>
  // Strict in the schema: a field too many is left out there.
  Object.keys(item).length === 3 &&
  Number.isInteger(item['ifindex']) &&
  Number(item['ifindex']) > 0 &&
  isString(item['ifname']) &&
  Array.isArray(item['addr_info']) &&
  item['addr_info'].every((one: unknown) => typeof one === 'object' && one !== null && isAddress(one as Item));

const isRoute = (item: Item): boolean =>
  isString(item['type']) &&
  isString(item['dst']) &&
  isString(item['table']) &&
  isString(item['protocol']) &&
  isString(item['scope']) &&
  areStrings(item['flags']) &&
  isMaybe('string', item, 'dev', 'gateway', 'prefsrc') &&
  isMaybe('number', item, 'metric') &&
  item['nexthops'] === undefined &&
  item['via'] === undefined;

const tests: Readonly<Record<string, (item: Item) => boolean>> = {
  'links.json': isLink,
  'addresses.json': isAddresses,
  'routes.json': isRoute,
  'routes6.json': isRoute,
};

/** `false`: nobody knows. */
export const isWellFormed = (file: string, item: unknown): boolean =>
  typeof item === 'object' && item !== null && tests[file]?.(item as Item) === true;
