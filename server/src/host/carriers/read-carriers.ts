import type { RepoPath, Tree } from '../../core/model/tree.ts';
import { CARRIER_FOLDER, type CarrierLines, carrierPath, splitLines } from './carrier-path.ts';

/** What is read of a tree at most. Files that belong to no finding of the change only explain, so they get the smaller share. */
const MOST_CHARACTERS = 33_554_432;
const MOST_OTHER_FILES = 1_000;
const MOST_OTHER_CHARACTERS = 4_194_304;

/**
 * Lines of the in-tree carrier: first the files of the given fingerprints, then others, by which a verifier tells an edited
 * finding from one nobody ever saw. Works on any tree, of a commit without a checkout too. Nothing read here is trusted, and
 * what is missing is not covered.
 */
export function readCarriers(tree: Tree, fingerprints: Iterable<string>): CarrierLines {
  const wanted = new Set([...fingerprints].map(carrierPath));
  const reading = readFiles(tree, [...wanted].sort(), MOST_CHARACTERS);
  const others = tree.paths().filter((path) => path.startsWith(CARRIER_FOLDER) && path.endsWith('.jsonl') && !wanted.has(path));
  const explaining = readFiles(tree, others.slice(0, MOST_OTHER_FILES), MOST_OTHER_CHARACTERS);
  return { lines: [...reading.lines, ...explaining.lines], warnings: reading.warnings };
}

/** As `readCarriers`, of the given fingerprints alone and without a word about what could not be read: a keystroke asks. */
export function carriedLines(tree: Tree, fingerprints: Iterable<string>): readonly string[] {
  return readFiles(tree, [...new Set([...fingerprints].map(carrierPath))].sort(), MOST_CHARACTERS).lines;
}

function readFiles(tree: Tree, paths: readonly RepoPath[], most: number): CarrierLines {
  const lines: string[] = [];
  const warnings: string[] = [];
  let characters = 0;
  for (const path of paths) {
    const content = tree.read(path);
    if (content === undefined) continue;
    if (content.kind === 'unread') {
      warnings.push(`carrier ${path} not read: ${content.reason}${content.detail === undefined ? '' : ` (${content.detail})`}`);
      continue;
    }
    characters += content.text.length;
    if (characters > most) {
      warnings.push(`carriers from ${path} on not read: expected at most ${most} characters, found more`);
      break;
    }
    lines.push(...splitLines(content.text));
  }
  return { lines, warnings };
}
