import { assess } from '../../server/src/core/assess.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { memoryTree } from '../support/memory-tree.ts';
import type { CorpusFile } from './corpus.ts';
import { mutate, type Random, randomOf } from './mutate.ts';

/** One change made by chance; the same seed and corpus make the same change. */
export interface FuzzCase {
  readonly seed: number;
  readonly path: RepoPath;
  readonly change: Change;
}

/** What went wrong in one case, in one line. */
export type Complaint = string;

/** Of a review of one changed file, in milliseconds of this process's own time. */
const MOST_MS = 2_000;
const MOST_BYTES = 500 * 1_048_576;
/** `maxFileBytes` of a policy that says nothing of it. */
const MOST_FILE_BYTES = 1_048_576;

export function makeCase(corpus: readonly CorpusFile[], seed: number): FuzzCase {
  const random = randomOf(seed);
  const file = pick(corpus, random);
  const path = random(20) === 0 ? pick(corpus, random).path : file.path;
  const start = random(4) === 0 ? mutate(file.text, random, pick(corpus, random).text) : file.text;
  const end = random(10) === 0 ? pick(corpus, random).text : mutate(start, random, pick(corpus, random).text);
  const before = random(25) === 0 ? new Map() : new Map([[path, asRead(start)]]);
  const after = random(25) === 0 ? new Map() : new Map([[path, asRead(end)]]);
  const change: Change = {
    before: memoryTree('before', before),
    after: memoryTree('after', after),
    touched: [path],
    origin: { kind: 'unknown', evidence: 'none' },
  };
  return { seed, path, change };
}

/** What a host gives: a file above the policy's limit is a blind spot, and nobody sees its text. */
function asRead(text: string): string | { readonly kind: 'unread'; readonly reason: 'too-large' } {
  return Buffer.byteLength(text) > MOST_FILE_BYTES ? { kind: 'unread', reason: 'too-large' } : text;
}

/** Reviews one case and says what it did that it must never do. Languages must have been prepared. */
export function tryCase({ change }: FuzzCase): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const started = process.cpuUsage();
  try {
    const { blindSpots } = assess(change, DEFAULT_POLICY);
    for (const { reason, detail } of blindSpots) {
      if (reason === 'rule-crashed') complaints.push(`a rule threw: ${detail ?? ''}`);
      if (reason === 'parse-error' && /is not a function|undefined|null \(|is not iterable/.test(detail ?? ''))
        complaints.push(`a language threw: ${detail ?? ''}`);
      if (reason === 'grammar-missing') complaints.push(`a grammar was not there: ${detail ?? ''}`);
    }
  } catch (error) {
    complaints.push(
      `threw: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error)}`,
    );
  }
  const used = process.cpuUsage(started);
  const ms = (used.user + used.system) / 1_000;
  if (ms > MOST_MS) complaints.push(`took ${ms.toFixed(0)} ms, at most ${MOST_MS}`);
  const { rss } = process.memoryUsage();
  if (rss > MOST_BYTES) complaints.push(`holds ${(rss / 1_048_576).toFixed(0)} MB, at most ${MOST_BYTES / 1_048_576}`);
  return complaints;
}

function pick<T>(list: readonly T[], random: Random): T {
  const found = list[random(list.length)];
  if (found === undefined) throw new Error('expected a corpus, found an empty one');
  return found;
}
