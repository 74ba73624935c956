/** Each gap once: several questions about the same netns tell the same. */
import type { Gap } from '../model/gap.ts';

export function distinct(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
}
