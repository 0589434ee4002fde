import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';

/** Pieces of each language in which its reader looks ahead or back; put together by chance, and repeated. */
const FRAGMENTS: Readonly<Record<string, readonly string[]>> = {
  'a.py': ['import a', 'from . import (', 'as b', ', c', '"""', "'", '#', '\\\n', '\n', '(', ')', 'f"{', '}', '    '],
  'a.go': ['import (', 'import "a"', '"b"', '`', '//', '/*', '*/', '\n', ')', '_ ', '. ', 'package a'],
  'a.java': ['import a.b.', 'import static ', '*;', ';', '"""', '"', "'", '//', '/*', '*/', '\n', '{', '}', '@A('],
  'a.rs': ['use a::', '{', '}', 'self', '::*', ',', ';', 'mod a', 'pub(crate) ', "'a", 'r#"', '"#', '//', '/*', '*/', '\n', 'as b'],
  'a.vue': [
    '<script',
    '>',
    '</script>',
    '<script lang="ts">',
    'import {',
    "} from './a'",
    '"',
    "'",
    '`',
    '${',
    '}',
    '<template>',
    '<!--',
    '-->',
  ],
};

/** Numbers from 0 up to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function time(path: string, text: string): number {
  const before = performance.now();
  scanFile(path as RepoPath, text);
  return performance.now() - before;
}

describe('repeated fragments take time by their length alone', () => {
  it.each(Object.entries(FRAGMENTS))('%s', { timeout: 120_000 }, (path, fragments) => {
    const next = numbers(20_26);
    for (let round = 0; round < 40; round += 1) {
      const part = Array.from({ length: 1 + Math.floor(next() * 5) }, () => fragments[Math.floor(next() * fragments.length)]).join(
        next() < 0.5 ? '' : ' ',
      );
      const of = (length: number): string => part.repeat(Math.ceil(length / part.length));
      // Eight times the text; quadratic would be 64 times. A busy machine is asked again before it is believed.
      let [longest, allowed] = [Number.POSITIVE_INFINITY, 0];
      for (let attempt = 0; attempt < 5 && longest >= allowed; attempt += 1) {
        allowed = 30 * time(path, of(20_000)) + 150;
        longest = time(path, of(160_000));
      }
      expect({ part, isLinear: longest < allowed }).toEqual({ part, isLinear: true });
    }
  });
});
