import { type AckRecord, openRecord, type UncheckedRecord } from '../attest/records.ts';
import type { Assessment } from '../model/assessment.ts';
import type { TrustMaterial } from '../model/result.ts';

/** What a verifier reads at most. Whoever fills a carrier must not be able to keep it busy, or to push out what counts. */
export interface ReadingLimits {
  readonly lines: number;
  readonly characters: number;
  readonly checks: number;
}

export const READING_LIMITS: ReadingLimits = { lines: 50_000, characters: 67_108_864, checks: 4_000 };
const MOST_STALE_CHECKS = 100;
const MOST_WARNINGS = 20;

export interface SelectedRecords {
  readonly records: readonly AckRecord[];
  readonly warnings: readonly string[];
  /** True where a limit left something unread that might have been a rejection: then nobody can say that there is none. */
  readonly mayHideRejection: boolean;
}

/**
 * Reads carrier lines against the findings of an assessment. Signatures are checked only of records that are about these
 * findings and carry a key that the trust material lists; rejections and revocations come first, so that a flood of
 * acknowledgements cannot push them out. Junk is a warning and never a veto.
 */
export function selectRecords(
  lines: readonly string[],
  assessment: Assessment,
  trust: TrustMaterial,
  limits: ReadingLimits = READING_LIMITS,
): SelectedRecords {
  const warnings: string[] = [];
  const wanted = wantedOf(assessment);
  const matching: UncheckedRecord[] = [];
  const older: UncheckedRecord[] = [];
  let characters = 0;
  let unread = 0;
  const seen = new Set<string>();
  for (const line of lines) {
    if (line.trim() === '' || seen.has(line)) continue;
    if (seen.size >= limits.lines || characters + line.length > limits.characters) {
      unread += 1;
      continue;
    }
    seen.add(line);
    characters += line.length;
    const opened = openRecord(line);
    if (opened.kind === 'junk') warnings.push(`carrier line ignored: ${opened.reason}`);
    else if (isAbout(opened.record, wanted.fingerprints)) matching.push(opened.record);
    else if (isOlder(opened.record, wanted.places)) older.push(opened.record);
  }
  if (unread > 0) warnings.unshift(`expected at most ${limits.lines} carrier lines, found ${unread} more, left unread`);
  const trusted = new Set(trust.signers.map(({ publicKey }) => publicKey));
  const isVeto = (record: UncheckedRecord): boolean => ['rejected', 'revoked'].includes(record.acknowledgement.decision);
  const strangers = matching.filter(({ publicKey }) => !trusted.has(publicKey));
  const known = matching.filter(({ publicKey }) => trusted.has(publicKey));
  const ordered = [...known.filter(isVeto), ...known.filter((record) => !isVeto(record))];
  const unchecked = ordered.slice(limits.checks);
  if (unchecked.length > 0)
    warnings.unshift(`expected at most ${limits.checks} signatures to check, found ${unchecked.length} more, left unchecked`);
  for (const { acknowledgement, publicKey } of strangers.filter(isVeto)) {
    warnings.push(`${acknowledgement.decision} by ${acknowledgement.by.id} ignored: its key is not trusted (${publicKey.slice(0, 40)})`);
  }
  const records = [
    ...ordered.slice(0, limits.checks).map((record) => record.check()),
    ...strangers.slice(0, MOST_STALE_CHECKS).map((record) => record.check()),
    ...older.slice(0, MOST_STALE_CHECKS).map((record) => record.check()),
  ];
  return { records, warnings: capWarnings(warnings), mayHideRejection: unread > 0 || unchecked.some(isVeto) };
}

interface Wanted {
  readonly fingerprints: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
}

function wantedOf(assessment: Assessment): Wanted {
  const fingerprints = new Set<string>();
  const places = new Set<string>();
  for (const hunk of assessment.hunks) {
    for (const { fingerprint, rule, scope } of hunk.findings) {
      fingerprints.add(fingerprint);
      places.add(JSON.stringify([rule, hunk.path, scope]));
    }
  }
  return { fingerprints, places };
}

function isAbout({ acknowledgement }: UncheckedRecord, fingerprints: ReadonlySet<string>): boolean {
  return acknowledgement.findings.some(({ fingerprint }) => fingerprints.has(fingerprint));
}

function isOlder({ acknowledgement }: UncheckedRecord, places: ReadonlySet<string>): boolean {
  return acknowledgement.findings.some(({ rule, path, scope }) => places.has(JSON.stringify([rule, path, scope])));
}

function capWarnings(warnings: readonly string[]): readonly string[] {
  const unique = [...new Set(warnings)];
  if (unique.length <= MOST_WARNINGS) return unique;
  return [...unique.slice(0, MOST_WARNINGS), `and ${unique.length - MOST_WARNINGS} more warnings`];
}
