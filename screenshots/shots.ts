/** What is photographed: the recording, the size, the keys, and what a reader should see. */

export interface Shot {
  readonly name: string;
  readonly title: string;
  /** One or two sentences under the picture. */
  readonly says: string;
  /** The recorded host: a folder or archive of the repository. */
  readonly recording: string;
  /** Another host, looked at with it. */
  readonly beside?: string;
  readonly columns?: number;
  readonly rows?: number;
  /** Keys, each sent after the screen has come to rest. */
  readonly keys: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const standard = 'test/recordings/docker-28-standard';
const brokenVeth = 'src/demo/recordings/veth-down.tar.gz';
const dropRule = 'src/demo/recordings/rule-drop.tar.gz';
const enter = '\r';
const tab = '\t';

export const shots: readonly Shot[] = [
  {
    name: 'overview',
    title: 'The host on one screen',
    says: 'Engine, firewall, counts that lead to their views, what is wrong, what could not be seen.',
    recording: standard,
    keys: [],
  },
  {
    name: 'map',
    title: 'The wiring as a picture',
    says: 'Uplinks, bridges, and behind every bridge port the container at its other end, with its address and published ports.',
    recording: standard,
    keys: ['4', 'j', 'j', 'j'],
  },
  {
    name: 'map-broken',
    title: 'Something is broken',
    says: 'The cross stands where the wire is cut; the detail pane says what is wrong with it.',
    recording: brokenVeth,
    keys: ['4', '/', 'db', enter],
  },
  {
    name: 'findings',
    title: 'What is wrong',
    says: 'Root causes first: why, the evidence with a way to each object, what would be run and what takes it back, and the consequences folded under it.',
    recording: brokenVeth,
    rows: 30,
    keys: ['7'],
  },
  {
    name: 'fix',
    title: 'Before anything is changed',
    says: 'f shows the exact commands, the way back, scope, risk and how long it lasts; here on a recording, so that the commands can only be copied.',
    recording: brokenVeth,
    keys: ['7', 'f'],
  },
  {
    name: 'matrix',
    title: 'Who reaches whom',
    says: 'An echo from everybody to everybody; Enter opens the trace of the cell under the cursor.',
    recording: standard,
    keys: ['M', 'j', 'l', 'l'],
  },
  {
    name: 'trace-broken',
    title: 'Why the api has lost its database',
    says: 'The same host, asked as a packet: the port of the bridge is down.',
    recording: brokenVeth,
    keys: [':trace api db:5432', enter],
  },
  {
    name: 'trace-outside',
    title: 'Why nobody outside reaches the shop',
    says: 'From beyond the default route through DNAT to the rule that drops.',
    recording: dropRule,
    keys: [':trace outside host:8080', enter],
  },
  {
    name: 'containers',
    title: 'Containers',
    says: 'The detail pane follows the cursor: each link with its far end, netns, networks, ports, routes.',
    recording: standard,
    keys: ['2'],
  },
  {
    name: 'networks',
    title: 'Networks and bridges',
    says: 'Each network with the bridge that carries it, its subnet and its options.',
    recording: standard,
    keys: ['3'],
  },
  {
    name: 'links',
    title: 'From a veth to the container behind it',
    says: 'Type / and a name: each row names the link, where it is, and the other end.',
    recording: standard,
    keys: ['i', '/', 'app', enter],
  },
  {
    name: 'jump',
    title: 'Jump to anything',
    says: 'Space, then an address, a MAC, a name, a veth, a pid or a port.',
    recording: standard,
    keys: [' ', '172.20.0.3'],
  },
  {
    name: 'trace',
    title: 'Why a packet does not arrive',
    says: 'Two ends picked with t: the cursor stands on the step that decides, with the rule and who made it.',
    recording: standard,
    keys: ['2', 't', 'ni1:80', enter],
  },
  {
    name: 'what-if',
    title: 'What if that rule were not there',
    says: 'w leaves the selected rule out and traces again.',
    recording: standard,
    keys: ['2', 't', 'ni1:80', enter, 'w'],
  },
  {
    name: 'trace-delivered',
    title: 'A packet that arrives',
    says: 'Every hop in one line; Enter opens the steps of one, with the evidence of each.',
    recording: standard,
    keys: ['2', 't', 'app2', enter],
  },
  {
    name: 'rules',
    title: 'The firewall, labelled',
    says: 'Every chain says who made it and what for; the rules are as their tool prints them.',
    recording: standard,
    keys: ['6', '/', 'isolation', enter],
  },
  {
    name: 'ports',
    title: 'Published ports',
    says: 'The DNAT rules that serve each port, the proxy, and who listens in the container; nobody does behind the UDP port.',
    recording: standard,
    keys: ['5', 'j', 'j', 'j', 'j'],
  },
  {
    name: 'xray',
    title: 'X-ray',
    says: 'Everything below one container, down to the rules that serve its ports.',
    recording: standard,
    keys: ['2', 'G', 'x'],
  },
  {
    name: 'detail',
    title: 'Following a link',
    says: 'Tab steps into the detail pane; Enter goes where the row leads; [ comes back.',
    recording: standard,
    keys: ['2', tab, 'j', 'j'],
  },
  {
    name: 'help',
    title: 'Help for the view one is in',
    says: 'Made from the same table as the keys; a key that does nothing now says why.',
    recording: standard,
    keys: ['4', '?'],
  },
  {
    name: 'map-wide',
    title: 'The same map on a wide screen',
    says: '',
    recording: standard,
    columns: 120,
    rows: 40,
    keys: ['4', 'j', 'j', 'j'],
  },
  {
    name: 'map-flannel',
    title: 'Two hosts in one picture',
    says: 'Each tunnel says where it leads and who made it; the one of node-a leads to an address that no host here has.',
    recording: 'src/demo/recordings/overlay-entry-node-a.tar.gz',
    beside: 'src/demo/recordings/overlay-entry-node-b.tar.gz',
    keys: ['4', 'j', 'j'],
  },
  {
    name: 'map-pipework',
    title: 'Wired by hand',
    says: 'What pipework has plugged into a bridge and onto the uplink, and a pair whose other end never reached its container.',
    recording: 'src/demo/recordings/pipework.tar.gz',
    keys: ['4', 'j', 'j', 'j', 'j', 'j'],
  },
  {
    name: 'map-ascii',
    title: 'Without UTF-8 and without colour',
    says: 'LANG=C and NO_COLOR=1: shapes and words carry everything.',
    recording: standard,
    keys: ['4', 'j', 'j', 'j'],
    env: { LANG: 'C', LC_ALL: 'C', NO_COLOR: '1' },
  },
  {
    name: 'log',
    title: 'The command log',
    says: 'Every question asked of the host, how long it took and how it ended.',
    recording: standard,
    keys: ['@'],
  },
  {
    name: 'packets',
    title: 'Packets at four points at once',
    says: 'A container asks a server outside: one mark a point. The asterisk is where its address was translated; the echo without a fourth mark was seen at the bridge and no further. Below, the way of the selected packet and what is in it.',
    recording: standard,
    columns: 110,
    rows: 32,
    keys: [':', 'capture test/recordings/path-outside.pcapng', enter, 'k', 'k', 'k', 'k', 'k'],
  },
  {
    name: 'pools',
    title: 'Which subnets are left',
    says: 'The address pools of the engine: used by a network, passed over because of a route, free; and how many addresses are held.',
    recording: standard,
    keys: ['A'],
  },
  {
    name: 'open-vswitch',
    title: 'Open vSwitch, read from its database',
    says: 'Bridge, ports with their VLANs, tunnels; containers plugged in as pipework does it.',
    recording: 'test/recordings/open-vswitch',
    columns: 110,
    rows: 28,
    keys: ['4', 'j', 'j'],
  },
];
