/** `ssh://[user@]host[:port]` → what ssh is told. */

export interface SshAddress {
  /** As the user wrote it, for messages. */
  readonly text: string;
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** A host alias, name or address; never anything that ssh or a ProxyCommand's shell could take for something else. */
const pattern =
  /^ssh:\/\/(?:([A-Za-z0-9._][A-Za-z0-9._-]*)@)?(?:([A-Za-z0-9_][A-Za-z0-9._-]*)|\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\])(?::(\d{1,5}))?\/?$/;

/** One sentence of what is wrong, or the address. */
export const parseSshAddress = (text: string): SshAddress | { readonly error: string } => {
  const [, user, name, address, port] = pattern.exec(text) ?? [];
  const host = name ?? address;
  if (host === undefined) return { error: `${text}: no address of a host (ssh://[user@]host[:port])` };
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > 65_535)) return { error: `${text}: no such port (1 to 65535)` };
  return { text, host, ...(user === undefined ? {} : { user }), ...(number === undefined ? {} : { port: number }) };
};
