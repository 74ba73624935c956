/** Parts of a netns that a check can need; the words of `host.ask({ about: 'netns' })`. */
export type NetnsPart =
  | 'links'
  | 'addresses'
  | 'routes'
  | 'policyRules'
  | 'neighbours'
  | 'fdb'
  | 'vlans'
  | 'sysctls'
  | 'sockets'
  | 'ruleset';
