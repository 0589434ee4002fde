import { describe, expect, test } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { type FileGraph, holdsInlineTests, reachedFrom, testedAmong } from '../../server/src/core/reach/tests-reached.ts';
import { isTestFile } from '../../server/src/core/test-files.ts';

/** A graph of `importer > imported` edges. */
function graphOf(...edges: readonly string[]): FileGraph {
  const pairs = edges.map((edge) => edge.split(' > ') as [RepoPath, RepoPath]);
  return {
    importersOf: (path) => pairs.flatMap(([importer, imported]) => (imported === path ? [importer] : [])),
    follows: (path) => path.endsWith('.ts'),
  };
}

const tested = (graph: FileGraph, ...files: readonly string[]) => {
  const isTested = testedAmong(graph, files as RepoPath[]);
  return files.map((file) => isTested(file as RepoPath));
};

describe('what a test reaches', () => {
  test('near, far, not at all', () => {
    const graph = graphOf('a.test.ts > a.ts', 'a.ts > b.ts', 'b.ts > c.ts', 'main.ts > d.ts');
    expect(tested(graph, 'a.ts', 'b.ts', 'c.ts', 'd.ts', 'a.test.ts')).toEqual([true, true, true, false, true]);
  });

  test('the order in which files are asked changes nothing, a cycle included', () => {
    const graph = graphOf('a.ts > b.ts', 'b.ts > a.ts', 'test/x.ts > b.ts', 'c.ts > d.ts', 'd.ts > c.ts');
    for (const order of [
      ['a.ts', 'b.ts', 'c.ts', 'd.ts'],
      ['d.ts', 'c.ts', 'b.ts', 'a.ts'],
    ] as const)
      expect(Object.fromEntries(order.map((file, index) => [file, tested(graph, ...order)[index]]))).toEqual({
        'a.ts': true,
        'b.ts': true,
        'c.ts': false,
        'd.ts': false,
      });
  });

  test('a file whose imports nobody follows is neither tested nor untested', () => {
    expect(tested(graphOf(), 'a.rb', 'spec/a_spec.rb')).toEqual([undefined, true]);
  });

  test('steps are counted by the shortest way', () => {
    const graph = graphOf('b.ts > a.ts', 'c.ts > b.ts', 'c.ts > a.ts', 'd.ts > c.ts');
    expect(Object.fromEntries(reachedFrom(graph, ['a.ts' as RepoPath]))).toEqual({ 'a.ts': 0, 'b.ts': 1, 'c.ts': 1, 'd.ts': 2 });
  });
});

test.each([
  ['src/pay.test.ts', true],
  ['src/pay.spec.tsx', true],
  ['tests/unit/pay.py', true],
  ['shop/test_pay.py', true],
  ['pay/pay_test.go', true],
  ['src/test/java/shop/PayTest.java', true],
  ['e2e/pay.ts', true],
  ['packages/e2e-tests/test-applications/shop/src/app.ts', true],
  ['browser-integration-tests/suites/pay/init.js', true],
  ['api-spec/pay.ts', false],
  ['src/pay.ts', false],
  ['src/contest/pay.ts', false],
  // What proves nothing of what it imports.
  ['src/__mocks__/pay.ts', false],
  ['test/fixtures/pay.ts', false],
  ['src/Pay.stories.tsx', false],
  ['src/pay.bench.ts', false],
])('%s is a test: %s', (path, expected) => expect(isTestFile(path)).toBe(expected));

test.each([
  ['src/pay.rs', '#[cfg(test)]\nmod tests {}\n', true],
  ['src/pay.rs', '#[tokio::test]\nasync fn pays() {}\n', true],
  ['src/pay.rs', 'pub fn pay() {}\n', false],
  ['src/pay.ts', '// #[test]\n', false],
])('%s with %j holds tests of its own: %s', (path, text, expected) => expect(holdsInlineTests(path, text)).toBe(expected));
