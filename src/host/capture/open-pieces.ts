/** A file's bytes, a piece at a time, for whoever asks for the next one. */
import { open } from 'node:fs/promises';

const pieceBytes = 1024 * 1024;

export interface FilePieces {
  /** Undefined at its end. Each is memory of its own. */
  next(): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** A folder, a device or a pipe is refused: only a file has an end. */
export const openPieces = async (path: string): Promise<FilePieces | { readonly error: string }> => {
  try {
    const file = await open(path, 'r');
    if (!(await file.stat()).isFile()) {
      await file.close();
      return { error: `${path} is no file` };
    }
    return {
      next: async () => {
        const piece = Buffer.allocUnsafeSlow(pieceBytes);
        const { bytesRead } = await file.read(piece, 0, pieceBytes, null);
        return bytesRead === 0 ? undefined : piece.subarray(0, bytesRead);
      },
      close: () => file.close(),
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};
