import { HUNKS, type HunkItem } from '../../../server/src/protocol.ts';
import type { Connection } from '../connect.ts';

/** Every hunk that asks a person, in the order of risk. */
export function listHunks(connection: Connection): Promise<readonly HunkItem[]> {
  return connection.request<readonly HunkItem[]>(HUNKS, {});
}
