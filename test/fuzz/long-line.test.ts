import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

// Found by the fuzzer: a line that is asked about anew for each of its names takes the square of its length.
it('an export of 200,000 names on one line takes about four times what one of 50,000 takes', { timeout: 240_000 }, async () => {
  const time = async (names: number): Promise<number> => {
    // Among short lines it is not taken for a bundler's.
    const around = ' // A remark.\n'.repeat(names / 200);
    const line = `export asa${'.ba'.repeat(names)}`;
    const change = changeOf(
      parseFixture(`//- src/quota.ts\n import { isEnabled } from './flags';\n-export const quota = isEnabled('a');\n+${line}\n${around}`),
    );
    const started = process.cpuUsage();
    const { hunkCount } = await check(change);
    expect(hunkCount).toBe(1);
    return process.cpuUsage(started).user / 1_000;
  };
  await time(10_000);
  const [small, large] = [Math.min(await time(50_000), await time(50_001)), Math.min(await time(200_000), await time(200_001))];
  // Asked anew for each name it was the square, nearly sixteen times.
  expect(large / small).toBeLessThan(8);
});
