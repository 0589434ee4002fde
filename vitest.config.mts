import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, in that order: begun last, it would run on alone while the other cores stand idle. */
const LONGEST: readonly string[] = [
  'corpus/own-history.test.ts',
  'attest/survival.test.ts',
  'doors/cli/pre-push.test.ts',
  'doors/cli/pre-commit.test.ts',
  'doors/gates.test.ts',
  'host/verify-time.test.ts',
  'rules.test.ts',
  'bad-input/keys-and-ledger.test.ts',
  'doors/cli/after-commit.test.ts',
  'doors/cli/ack.test.ts',
  'doors/cli/team-rules.test.ts',
  'doors/cli/first-time.test.ts',
  'fuzz/fuzz.test.ts',
].map((file) => `/test/${file}`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/**
 * Tests that ask the engine alone: nothing that one of them does shows in another, so they share a process and what it has loaded,
 * which takes longer than most of them. Not Python's, the first of which asks an engine that nobody has prepared.
 */
const OF_THE_ENGINE: readonly string[] = [
  'test/!(rules|tidy).test.ts',
  'test/languages/!(python).test.ts',
  'test/{facts,hunks,policy,score,suppressions,team-rules,verify}/**/*.test.ts',
  'test/doors/reporters/**/*.test.ts',
];

const NEVER: readonly string[] = ['test/editor/**', '**/node_modules/**'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Left to itself, Vitest keeps one core for its own work, which is little.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Tests that drive the bundles drive what is built of these sources.
    globalSetup: ['test/support/temporary-files.ts', 'test/support/build.ts'],
    // Each file of tests belongs to one of the two: what one takes in, the other leaves out.
    projects: [
      { extends: true, test: { name: 'engine', isolate: false, include: [...OF_THE_ENGINE], exclude: [...NEVER] } },
      { extends: true, test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: [...NEVER, ...OF_THE_ENGINE] } },
    ],
  },
});
