import { describe, expect, it } from 'vitest';
import { makeFinding, sealAnything } from '../support/attest.ts';
import { ADA, BOB, codes, FINDING, line, verify } from '../support/verify-case.ts';

describe('carriers are not trusted', () => {
  it('junk is a warning and never a veto', async () => {
    const junk = ['x', '{}', '[]', 'null', await sealAnything({ _type: 'https://in-toto.io/Statement/v1' }, ADA), '\u0000'];
    const result = verify([...junk, await line(), '', '  ']);
    expect(codes(result)).toEqual([]);
    expect(result.warnings.length).toBeGreaterThan(2);
    for (const warning of result.warnings) expect(warning).toMatch(/^carrier line ignored: expected .*, found /);
  });

  it('ten thousand lines are read in bounded time and say so in a bounded answer', async () => {
    const flood = Array.from({ length: 10_000 }, (_, index) => JSON.stringify({ junk: index }));
    const others = await Promise.all(
      Array.from({ length: 200 }, (_, index) => line(ADA, [makeFinding(`other ${index}`, { scope: 'elsewhere' })])),
    );
    const start = process.cpuUsage();
    const result = verify([...flood, ...others, await line()]);
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(20_000);
    expect(codes(result)).toEqual([]);
    expect(result.warnings.length).toBeLessThan(30);
  });

  it('a flood of acknowledgements cannot push out a rejection', async () => {
    const flood = await Promise.all(Array.from({ length: 30 }, () => line(ADA)));
    const rejected = await line(BOB, [FINDING], { decision: 'rejected' });
    const limits = { lines: 1000, characters: 1_000_000, checks: 5 };
    const result = verify([...flood, rejected], { limits });
    expect(codes(result)).toEqual(['rejected']);
    expect(result.warnings[0]).toContain('expected at most 5 signatures to check, found 26 more');
    expect(codes(verify(flood, { limits }))).toEqual([]);
  });

  it('where a rejection may lie unread, the answer is no', async () => {
    const flood = await Promise.all(Array.from({ length: 4 }, () => line(ADA)));
    expect(codes(verify(flood, { limits: { lines: 3, characters: 1_000_000, checks: 10 } }))).toEqual(['unverifiable']);
    const vetoes = await Promise.all(
      Array.from({ length: 3 }, (_, second) => line(BOB, [FINDING], { decision: 'revoked', at: `2026-11-22T09:00:0${second}Z` })),
    );
    expect(codes(verify([...vetoes, await line()], { limits: { lines: 10, characters: 1_000_000, checks: 2 } }))).toContain('unverifiable');
  });
});
