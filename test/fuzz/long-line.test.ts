import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

// Found by the fuzzer: a line that is asked about anew for each of its names takes the square of its length.
it('an export of 50,000 names on one line is judged in time', async () => {
  const line = `export asa${'.ba'.repeat(50_000)}`;
  const change = changeOf(
    parseFixture(`//- src/quota.ts\n import { isEnabled } from './flags';\n-export const quota = isEnabled('a');\n+${line}\n`),
  );
  await check(changeOf(parseFixture(`//- src/quota.ts\n+export const warm = 1;\n`)));
  const started = process.cpuUsage();
  const { hunkCount } = await check(change);
  expect(hunkCount).toBe(1);
  // Half a second; asked anew for each name it was two and a half.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
});
