/** What a test needs of the machine: when something is missing the test is skipped and says which thing and how to get it. */
import { describe, test } from 'vitest';
import { missingNeed, type Need } from './needs.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why this machine cannot run the test; the run prints it. */
    missing?: string;
  }
}

/**
 * `const { test, describe } = requires('root', 'tool:nft')`: vitest's own functions when this machine has all of it, else
 * ones that skip (hooks included) with the reason. The reason is one line: what is missing and how to get it.
 */
export const requires = (
  ...needs: readonly Need[]
): { test: typeof test; describe: typeof describe; missing?: string } => {
  const missing = needs.map(missingNeed).find((reason) => reason !== undefined);
  if (missing === undefined) return { test, describe };
  return { test: skipping(test, missing), describe: skipping(describe, missing), missing };
};

type Registrar = typeof test | typeof describe;
type Register = (name: unknown, ...rest: readonly unknown[]) => unknown;
type Table = (...cases: readonly unknown[]) => Register;

const skipping = <Api extends Registrar>(api: Api, missing: string): Api => {
  const options = { skip: true, meta: { missing } };
  const skipped =
    (register: Register): Register =>
    (name, ...rest) =>
      register(name, options, rest.find((one) => typeof one === 'function') ?? (() => {}));
  const table =
    (of: Table): Table =>
    (...cases) =>
      skipped(of(...cases));
  return Object.assign(skipped(api as unknown as Register), {
    each: table(api.each.bind(api) as unknown as Table),
    for: table(api.for.bind(api) as unknown as Table),
    concurrent: skipped(api.concurrent as unknown as Register),
  }) as unknown as Api;
};
