/** Everything a host answered, as values: what a recording holds. */
import type { Gap } from '../../model/gap.ts';
import type { HostId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import type { HostFacts } from '../../model/snapshot.ts';
import type { ContainerFiles, EngineAnswers, OvsAnswer, Question } from '../host.ts';

export interface RecordedAnswers {
  readonly host: HostId;
  readonly facts: HostFacts;
  /** ISO 8601; absent in recordings made by hand. */
  readonly recordedAt?: string;
  readonly netns: readonly Netns[];
  readonly engines: readonly EngineAnswers[];
  readonly containerFiles: readonly ContainerFiles[];
  readonly openVswitch?: OvsAnswer;
  readonly gaps: Readonly<Record<Question['about'], readonly Gap[]>>;
}
