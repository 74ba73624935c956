/** One situation on a Docker host, as data: how it is made, what is asked, what must come. */

/** argv to run in the host; a word that begins with `@` stands for the pid of that container. */
export type Step = readonly string[];

export interface Scenario {
  readonly id: string;
  /** A sentence about the situation. */
  readonly title: string;
  readonly build: readonly Step[];
  /** What goes wrong, once all stands. */
  readonly break?: readonly Step[];
  /** Arguments of vethscope, with the part of its JSON that must be so. */
  readonly ask: readonly { readonly args: readonly string[]; readonly code?: number; readonly expect: unknown }[];
  /** What mends it; afterwards `ask` is as for the whole. */
  readonly fix?: readonly Step[];
}
