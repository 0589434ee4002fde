import { statSync } from 'node:fs';
import { type AckRecord, readRecord } from '../core/attest/records.ts';
import { ledgerFile, readLedger } from './ledger/ledger.ts';

/** The records of one ledger, signatures checked. */
export type LedgerReader = (commonDir: string) => Promise<readonly AckRecord[]>;

/**
 * Reads a ledger again only where the file changed, and checks each signature once: a keystroke asks for the records too.
 * Lines that cannot be read are logged once and cost nothing but themselves.
 */
export function createLedgerReader(log: (line: string) => void = () => undefined): LedgerReader {
  const checked = new Map<string, AckRecord | undefined>();
  const warned = new Set<string>();
  let known: { readonly stamp: string; readonly records: readonly AckRecord[] } | undefined;
  const warn = (line: string): void => {
    if (warned.has(line)) return;
    warned.add(line);
    log(line);
  };
  const recordOf = (line: string): AckRecord | undefined => {
    if (checked.has(line)) return checked.get(line);
    const reading = readRecord(line);
    if (reading.kind === 'junk') warn(`ledger line ignored: ${reading.reason}`);
    const record = reading.kind === 'junk' ? undefined : reading.record;
    checked.set(line, record);
    return record;
  };
  return async (commonDir) => {
    const stamp = stampOf(ledgerFile(commonDir));
    if (known?.stamp === stamp) return known.records;
    const { lines, warnings } = await readLedger(commonDir);
    warnings.forEach(warn);
    known = { stamp, records: lines.flatMap((line) => recordOf(line) ?? []) };
    return known.records;
  };
}

/** The file is only ever appended to, so its size alone would do; the rest tells a replaced file. */
function stampOf(file: string): string {
  // Of one file, and at once: a turn of the thread pool takes longer than all the rest of a keystroke's ledger.
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? `${file} none` : `${file} ${found.ino} ${found.size} ${found.mtimeMs}`;
}
