/** Exit codes: one meaning each, for every command. */
export const exitCodes = {
  /** Yes, nothing wrong, done. */
  yes: 0,
  /** No: not found, unreachable, findings. */
  no: 1,
  usage: 2,
  /** Cannot tell: unknown, missing privileges. The gaps say what. */
  cannotTell: 3,
  /** A change was refused, failed or rolled back. */
  changeFailed: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
