/** One question to an OVSDB server over its socket (RFC 7047, method `transact`, operation `select`): reads, and nothing else. */
import { createConnection } from 'node:net';

export interface OvsdbTables {
  readonly [table: string]: readonly unknown[];
}

export type OvsdbAnswer =
  | { readonly tables: OvsdbTables }
  | { readonly error: string; readonly reason: 'forbidden' | 'slow' | 'invalid' | 'missing' };

const mostBytes = 64 * 1024 * 1024;

const tablesOf = (text: string, wanted: readonly string[]): OvsdbAnswer | undefined => {
  let message: { readonly id?: unknown; readonly result?: unknown; readonly error?: unknown };
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (message.error !== null && message.error !== undefined)
    return { error: JSON.stringify(message.error), reason: 'invalid' };
  const results = Array.isArray(message.result) ? (message.result as readonly { readonly rows?: unknown }[]) : [];
  const bad = wanted.findIndex((_, at) => !Array.isArray(results[at]?.rows));
  if (bad >= 0) return { error: `no rows of table ${wanted[bad]}`, reason: 'invalid' };
  return { tables: Object.fromEntries(wanted.map((table, at) => [table, results[at]?.rows as readonly unknown[]])) };
};

/** `columns`: table → columns wanted. Never rejects. */
export const askOvsdb = (
  socket: string,
  database: string,
  columns: Readonly<Record<string, readonly string[]>>,
  timeoutMs = 3000,
): Promise<OvsdbAnswer> =>
  new Promise((resolve) => {
    const wanted = Object.keys(columns);
    const selects = wanted.map((table) => ({ op: 'select', table, where: [], columns: columns[table] }));
    const connection = createConnection(socket);
    const settle = (answer: OvsdbAnswer): void => {
      clearTimeout(timer);
      connection.destroy();
      resolve(answer);
    };
    const timer = setTimeout(
      () => settle({ error: `no answer within ${timeoutMs / 1000} s`, reason: 'slow' }),
      timeoutMs,
    );
    let text = '';
    connection.setEncoding('utf8');
    connection.on('connect', () => {
      connection.write(JSON.stringify({ method: 'transact', params: [database, ...selects], id: 1 }));
    });
    connection.on('data', (data: string) => {
      text += data;
      if (text.length > mostBytes) return settle({ error: 'more than 64 MB', reason: 'invalid' });
      // Messages follow each other without a mark between them: whole when it parses.
      const answer = text.endsWith('}') ? tablesOf(text, wanted) : undefined;
      if (answer !== undefined) settle(answer);
    });
    connection.on('end', () => settle({ error: 'it hung up', reason: 'invalid' }));
    connection.on('error', (error: NodeJS.ErrnoException) =>
      settle({
        error: error.message,
        reason: error.code === 'EACCES' || error.code === 'EPERM' ? 'forbidden' : 'missing',
      }),
    );
  });
