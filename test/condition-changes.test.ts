import { describe, expect, it } from 'vitest';
import { loosening } from '../server/src/core/rules/vocabulary/conditions/loosening.ts';
import { split } from '../server/src/core/rules/vocabulary/conditions/parts.ts';

describe('what must hold is loosened', () => {
  it.each([
    ["a.role === 'admin' && b", "a.role === 'admin' || b", 'joined'],
    ['a && b.ok', 'a', 'lost'],
    ['a', 'a || b', 'added'],
    ['a.id === b.id', 'a.id !== b.id', 'inverted'],
    ['a.id === b.id', 'a.id !== undefined', 'presence'],
    ['n <= 200', 'n <= 2000', 'raised'],
    ['n <= MAX', 'n >= MAX', 'inverted'],
    ['!(a || b)', '!a', 'lost'],
    ['user.is_staff and user.active', 'user.is_staff', 'lost'],
    ['a.b(c)', 'true', 'constant'],
    ['xs.every((x) => ok(x))', 'xs.some((x) => ok(x))', 'joined'],
  ])('%s becomes %s', (before, after, kind) => {
    expect(loosening(split(before), split(after))?.kind).toBe(kind);
  });
});

describe('what must hold is no looser', () => {
  it.each([
    ['a && b', 'b && a'],
    ['a || b', 'a'],
    ['a', 'a && b'],
    ["a === 'x'", '"x" === a'],
    ['n <= 200', '200 >= n'],
    ['n <= 2000', 'n <= 200'],
    ['!(a || b)', '!a && !b'],
    ["user && user.role === 'x'", "user?.role === 'x'"],
    ['a === true', 'a'],
    ['MAX >= n', 'n <= MAX'],
  ])('%s becomes %s', (before, after) => {
    expect(loosening(split(before), split(after))).toBeUndefined();
  });
});
