/** The Ink shell: one text per row of the current frame (its handle, see output/frames.ts), keys to the store. The rest is pure and elsewhere. */
import { Box, Text, useApp, useInput } from 'ink';
import { memo, useEffect, useSyncExternalStore } from 'react';
import { readKey } from './input/read-key.ts';
import type { Store } from './state/store.ts';

const Row = memo(({ handle }: { readonly handle: string }) => <Text wrap="truncate">{handle}</Text>);

export interface AppHandle {
  exit(error?: Error): void;
  suspend(whileAway: () => Promise<void>): Promise<void>;
}

export interface AppProps {
  readonly store: Store;
  /** Called once, when keys are being read. */
  readonly onReady: (handle: AppHandle) => void;
}

export const App = ({ store, onReady }: AppProps) => {
  const frame = useSyncExternalStore(store.subscribe, store.frame);
  const app = useApp();
  useInput((input, key) => {
    const read = readKey(input, key);
    if (read !== undefined) store.dispatch({ kind: 'key', ...read });
  });
  useEffect(() => {
    onReady({ exit: (error) => app.exit(error), suspend: (whileAway) => app.suspendTerminal(whileAway) });
  }, [app, onReady]);
  return (
    <Box flexDirection="column" height={frame.length}>
      {frame.map(({ handle }, at) => (
        <Row key={at} handle={handle} />
      ))}
    </Box>
  );
};
