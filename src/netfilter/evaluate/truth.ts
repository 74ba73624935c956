/** Three-valued and, or, not: unknown only where the rest does not settle it. */
import { isUnknown, type Truth, type Unknown } from '../context.ts';

/** The first no settles it; else the first unknown is the reason. */
export function and<T>(items: readonly T[], test: (item: T, index: number) => Truth): Truth {
  let doubt: Unknown | undefined;
  for (let n = 0; n < items.length; n++) {
    const truth = test(items[n]!, n);
    if (truth === false) return false;
    if (truth !== true) doubt ??= truth;
  }
  return doubt ?? true;
}

export function or<T>(items: readonly T[], test: (item: T, index: number) => Truth): Truth {
  let doubt: Unknown | undefined;
  for (let n = 0; n < items.length; n++) {
    const truth = test(items[n]!, n);
    if (truth === true) return true;
    if (truth !== false) doubt ??= truth;
  }
  return doubt ?? false;
}

export const not = (truth: Truth): Truth => (isUnknown(truth) ? truth : !truth);
