/** Speaks an engine's HTTP API over its unix socket: Docker's, and Podman's compatible one. */
import type { IncomingMessage } from 'node:http';

export interface EngineApi {
  /** `path` begins with a slash; the API version is put before it once `version` is known. */
  readonly get: (path: string) => Promise<ApiOutcome>;
  /** Lines of a stream that does not end by itself. Resolves when the engine has ended it. */
  readonly stream: (path: string, line: (text: string) => void, opened: () => void) => Promise<ApiOutcome>;
  readonly speakVersion: (version: string | undefined) => void;
  readonly close: () => void;
}

/** Every way a request can end. */
export type ApiOutcome =
  | { readonly end: 'answered'; readonly json: unknown }
  | { readonly end: 'refused'; readonly status: number; readonly message: string }
  | { readonly end: 'forbidden' | 'absent' | 'slow' | 'too-long' | 'closed' }
  | { readonly end: 'nonsense'; readonly detail: string };

const limits = {
  /** Silence, not duration: a daemon that keeps talking is alive. */
  silenceMs: 5_000,
  /** One container's inspect is some 8 KB; 10,000 containers in one list some 30 MB. */
  maxBytes: 64 * 1024 * 1024,
  /** A daemon answers inspects one after the other anyway, more connections only cost it memory. */
  connections: 8,
  lineBytes: 1024 * 1024,
} as const;

/**
 * Loaded when an engine is there to ask, and not by import(): that reads every export, and the one named WebSocket brings a second HTTP client
 * along, which takes longer than the engine's answers.
 */
export function openEngineApi(socketPath: string, silenceMs: number = limits.silenceMs): EngineApi {
  const { Agent, request } = process.getBuiltinModule('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: limits.connections });
  const open = new Set<() => void>();
  let prefix = '';
  const start = (
    path: string,
    answered: (response: IncomingMessage, end: (outcome: ApiOutcome) => void) => void,
    silence: number,
  ) =>
    new Promise<ApiOutcome>((resolve) => {
      const options = { socketPath, path: prefix + path, agent, headers: { Host: 'localhost' }, timeout: silence };
      const sent = request(options, (response) => answered(response, end));
      const stop = () => end({ end: 'closed' });
      const end = (outcome: ApiOutcome) => {
        open.delete(stop);
        resolve(outcome);
        if (outcome.end !== 'answered' && outcome.end !== 'refused') sent.destroy();
      };
      open.add(stop);
      sent.on('timeout', () => end({ end: 'slow' }));
      sent.on('error', (error: NodeJS.ErrnoException) => end(outcomeOfError(error)));
      sent.end();
    });
  return {
    get: (path) => start(path, readJson, silenceMs),
    // No limit on silence: events may be hours apart.
    stream: (path, line, opened) => start(path, (response, end) => readLines(response, line, opened, end), 0),
    speakVersion: (version) => {
      prefix = version === undefined ? '' : `/v${version}`;
    },
    close: () => {
      for (const stop of [...open]) stop();
      agent.destroy();
    },
  };
}

function outcomeOfError(error: NodeJS.ErrnoException): ApiOutcome {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return { end: 'forbidden' };
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      return { end: 'absent' };
    default:
      return { end: 'nonsense', detail: error.message };
  }
}

function readJson(response: IncomingMessage, end: (outcome: ApiOutcome) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.maxBytes) end({ end: 'too-long' });
    else chunks.push(chunk);
  });
  response.on('error', (error) => end({ end: 'nonsense', detail: error.message }));
  response.on('end', () => end(parseBody(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
}

function parseBody(status: number, body: string): ApiOutcome {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { end: 'nonsense', detail: `no JSON in the answer (status ${status})` };
  }
  if (status >= 200 && status < 300) return { end: 'answered', json };
  const message = (json as { readonly message?: unknown } | null)?.message;
  return { end: 'refused', status, message: typeof message === 'string' ? message : `status ${status}` };
}

function readLines(
  response: IncomingMessage,
  line: (text: string) => void,
  opened: () => void,
  end: (outcome: ApiOutcome) => void,
): void {
  if (response.statusCode !== 200) {
    readJson(response, end);
    return;
  }
  opened();
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) if (one.trim() !== '') line(one);
    if (rest.length > limits.lineBytes) end({ end: 'too-long' });
  });
  response.on('error', () => end({ end: 'closed' }));
  response.on('close', () => end({ end: 'closed' }));
}
