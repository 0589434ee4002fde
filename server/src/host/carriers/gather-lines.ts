import type { Change } from '../../core/model/change.ts';
import { readLedger } from '../ledger/ledger.ts';
import type { Repository } from '../repository.ts';
import { readCarriers } from './read-carriers.ts';
import { readNotes } from './read-notes.ts';

/**
 * Every line that this repository holds about a change, each once: the ledger's, those of the trees on both sides, and the notes
 * of the commits between them. Untrusted, all of it.
 */
export async function gatherLines(repository: Repository, change: Change, fingerprints: Iterable<string>): Promise<readonly string[]> {
  const wanted = [...fingerprints];
  const { lines } = await readLedger(repository.commonDir);
  const isCommit = (id: string): boolean => id !== repository.emptyTree && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(id);
  const { before, after } = change;
  // Of what is not committed yet, notes are those of the commits below it.
  const head = isCommit(after.id) ? after.id : repository.head().oid;
  const range = { head, ...(isCommit(before.id) ? { base: before.id } : {}) };
  const noted = head === before.id ? [] : readNotes({ cwd: repository.root ?? repository.gitDir }, range).lines;
  return [...new Set([...lines, ...readCarriers(after, wanted).lines, ...readCarriers(before, wanted).lines, ...noted])];
}
