/** A command that changes a machine, and what became of it. */

export interface Command {
  /** argv, never a shell line; argv[0] is looked up on the host's PATH. */
  readonly argv: readonly string[];
  /** Run inside this netns (its NetnsId) instead of the host's own. */
  readonly netns?: string;
  /** The machine it is meant for (its HostId), where no netns says so and several are looked at. */
  readonly host?: string;
  /** Text for standard input, e.g. an iptables-restore document. */
  readonly stdin?: string;
}

export interface CommandResult {
  readonly command: Command;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}
