/** How much memory of the kernel each of several taps may fill before packets are dropped. */

/** Kernel memory for all taps together, and for one. */
const allBuffersKib = 131_072;
const mostBufferKib = 32_768;
const leastBufferKib = 2048;

export const bufferKib = (taps: number): number =>
  Math.max(leastBufferKib, Math.min(mostBufferKib, Math.floor(allBuffersKib / taps)));
