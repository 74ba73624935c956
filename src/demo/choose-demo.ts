/** Which way `vethscope demo` goes: into namespaces of its own, inside them already, or to a bundled recording. */
import { fileURLToPath } from 'node:url';
import { recordedStories } from './recorded-stories.ts';
import { findStory, stories } from './stories.ts';
import type { Story, Told } from './story.ts';

export type DemoChoice =
  /** Run this program again with the same arguments through `enterDemo` and end with its exit code. */
  | { readonly kind: 'enter'; readonly story: Story }
  /** We are that program: `buildDemo` on the local host, then the screen on it. */
  | { readonly kind: 'build'; readonly story: Story }
  /** The screen on recordings of the story's hosts; `why` is for the user. */
  | { readonly kind: 'recording'; readonly story: Told; readonly paths: readonly string[]; readonly why: string }
  /** Wrong usage. */
  | { readonly kind: 'error'; readonly message: string };

export interface DemoCircumstances {
  readonly privileged: boolean;
  /** The value of `INSIDE` in the environment is set. */
  readonly inside: boolean;
}

/** The recordings lie beside this module, and beside the built program: the build copies `src/demo/recordings`. */
const pathOf = (name: string): string => fileURLToPath(new URL(`recordings/${name}.tar.gz`, import.meta.url));

export const recordingsOf = ({ id, hosts }: Story): readonly string[] =>
  (hosts.length === 1 ? [id] : hosts.map(({ name }) => `${id}-${name}`)).map(pathOf);

export const chooseDemo = (id: string | undefined, { privileged, inside }: DemoCircumstances): DemoChoice => {
  const recorded = recordedStories.find((story) => story.id === id);
  if (recorded !== undefined)
    return {
      kind: 'recording',
      story: recorded,
      paths: recorded.recordings.map(pathOf),
      why: 'a recording of real hosts: not every kernel could build this',
    };
  const story = findStory(id ?? 'healthy');
  if (story === undefined)
    return {
      kind: 'error',
      message: `no story ${id} (${[...stories, ...recordedStories].map((one) => one.id).join(', ')})`,
    };
  if (inside) return { kind: 'build', story };
  if (privileged) return { kind: 'enter', story };
  return {
    kind: 'recording',
    story,
    paths: recordingsOf(story),
    why: 'a recording: building the network for real needs root',
  };
};
