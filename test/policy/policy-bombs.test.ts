import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../server/src/core/policy/parse-policy.ts';

/** Whoever can commit a policy to a head can hand these to a verifier, and to the editor of whoever opens it. */
const BOMBS: Readonly<Record<string, string>> = {
  'a billion laughs': `a: &a [x, x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*a, *a]`).join('\n')}`,
  'aliases of a merge': `x: &x { version: 1 }\n<<: *x\n${Array.from({ length: 20_000 }, () => '- *x').join('\n')}`,
  'brackets without end': `version: 1\npaths: ${'['.repeat(131_000)}`,
  'brackets that close': `version: 1\npaths: ${'['.repeat(65_000)}${']'.repeat(65_000)}`,
  'maps in maps': `version: 1\npaths: ${'{a: '.repeat(32_000)}`,
  'indentation in steps': Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'twenty thousand keys': `version: 1\n${Array.from({ length: 20_000 }, (_, index) => `${index}:`).join('\n')}`,
  'commas alone': `version: 1\npaths: [${','.repeat(130_000)}]`,
  'dashes alone': `paths: ${'- '.repeat(65_000)}`,
  'questions alone': '? '.repeat(65_000),
  'a tag without end': `version: ${'!'.repeat(130_000)}`,
  'braces that multiply': `version: 1\npaths: [{ match: "${'{a,b}'.repeat(160)}", atLeast: high }]`,
  'longer than is read': `version: 1\n${'#'.repeat(300_000)}`,
};

describe('attack: a policy that is a YAML bomb', () => {
  it.each(Object.entries(BOMBS))('%s is an error with a line, soon', { timeout: 120_000 }, (_, text) => {
    const start = process.cpuUsage();
    const parsed = parsePolicy(text);
    const { user, system } = process.cpuUsage(start);
    expect(parsed).toMatchObject({
      kind: 'invalid',
      errors: expect.arrayContaining([{ line: expect.any(Number), message: expect.any(String) }]),
    });
    // A second and a half at most; what multiplies or nests without a limit has no end.
    expect((user + system) / 1e6, 'seconds of this processor').toBeLessThan(30);
  });
});
