/** Says quickly of the facts there are thousands of that nothing is missing in them; what it is not sure of goes through the schema. */

type Item = Readonly<Record<string, unknown>>;

const isString = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';
const areStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);

const isLink = (item: Item): boolean =>
  Number.isInteger(item['ifindex']) &&
  Number(item['ifindex']) > 0 &&
  isString(item['ifname']) &&
  areStrings(item['flags']) &&
  isNumber(item['mtu']) &&
  isString(item['operstate']) &&
  isString(item['link_type']);

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
  areStrings(item['flags']);

const tests: Readonly<Record<string, (item: Item) => boolean>> = {
  'links.json': isLink,
  'addresses.json': isAddresses,
  'routes.json': isRoute,
  'routes6.json': isRoute,
};

/** `false`: nobody knows. */
export const isWellFormed = (file: string, item: unknown): boolean =>
  typeof item === 'object' && item !== null && tests[file]?.(item as Item) === true;
