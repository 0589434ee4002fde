import type { RepoPath } from '../../core/model/tree.ts';

/** Folder of the in-tree carrier, with its slash. Paths under it are no part of a change. */
export const CARRIER_FOLDER = '.brakeline/acks/';

/** What a carrier gave: lines nobody has judged yet, and what could not be read. */
export interface CarrierLines {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** One file for each fingerprint: two branches that acknowledge different findings never touch the same file. */
export function carrierPath(fingerprint: string): RepoPath {
  // The pattern above makes it a relative POSIX path, which is what RepoPath promises.
  return `${CARRIER_FOLDER}${fingerprint.slice(0, 2)}/${fingerprint}.jsonl` as RepoPath;
}

/** The lines of a JSONL text, empty ones left out. */
export function splitLines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
