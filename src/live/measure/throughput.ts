/** How much got through, as the receiver counted it. */
export interface Throughput {
  readonly bitsPerSecond: number;
  readonly retransmits?: number;
  readonly seconds: number;
}
