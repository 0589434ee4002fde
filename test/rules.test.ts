import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeOf, check, compareWithFixture } from './support/check.ts';
import { parseFixture } from './support/fixture.ts';

const FOLDER = path.join(import.meta.dirname, 'rules');
const fixtures = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.diff'))
  .map((entry) => path.relative(FOLDER, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  .sort();

describe('rule fixtures', () => {
  it.each(fixtures)('%s', async (name) => {
    const text = readFileSync(path.join(FOLDER, name), 'utf8');
    const fixture = parseFixture(text);
    expect(compareWithFixture(fixture, await check(changeOf(fixture)))).toBe('');
    const rule = path.dirname(name);
    const expectsRule = fixture.expected.some((expectation) => expectation.text.startsWith(rule));
    if (path.basename(name).startsWith('flags-')) expect(expectsRule, `${name} expects a finding of ${rule}`).toBe(true);
    else expect(expectsRule, `${name} expects no finding of ${rule}`).toBe(false);
    if (path.basename(name).startsWith('misses-')) expect(text, 'a miss says why on its first line').toMatch(/^# \S/);
  });
});
