/** What a person asks of a trace: from where to where, and what if. */

export interface TraceQuestion {
  /** ENDPOINT as the command line takes it: container name, `container:`, `netns:`, `pid:`, `host`, `outside`, an address. */
  readonly from: string;
  /** ENDPOINT[:PORT][/proto]. */
  readonly to: string;
  readonly without?: readonly string[];
  readonly withSysctl?: Readonly<Record<string, string>>;
}
