import { openRecord } from '../../core/attest/records.ts';

/**
 * The lines that belong into the carriers of the given fingerprints, each under every fingerprint it is about. Rejections and
 * revocations travel like acknowledgements. Lines that are no records of ours stay behind.
 */
export function groupLines(lines: readonly string[], fingerprints: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>([...fingerprints].map((fingerprint) => [fingerprint, []]));
  for (const line of lines) {
    const opened = openRecord(line);
    if (opened.kind === 'junk') continue;
    for (const fingerprint of new Set(opened.record.acknowledgement.findings.map((finding) => finding.fingerprint))) {
      groups.get(fingerprint)?.push(line);
    }
  }
  return new Map([...groups].filter(([, group]) => group.length > 0));
}
