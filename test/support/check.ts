import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { assess } from '../../server/src/core/assess.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { Assessment } from '../../server/src/core/model/assessment.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { Policy } from '../../server/src/core/model/policy.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import type { Rule } from '../../server/src/core/rules/define.ts';
import { RULES } from '../../server/src/core/rules/index.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { drawExpectation, type Expectation, type Fixture } from './fixture.ts';
import { memoryTree } from './memory-tree.ts';

/** Assesses a change for a test. The single place from which tests call the engine. */
export async function check(change: Change, options: { policy?: Policy; rules?: readonly Rule[] } = {}): Promise<Assessment> {
  await prepareLanguages(change.touched, readAsset);
  return assess(change, options.policy ?? DEFAULT_POLICY, options.rules === undefined ? {} : { rules: options.rules });
}

/** Both worlds of a fixture as a change. */
export function changeOf(fixture: Pick<Fixture, 'before' | 'after'>): Change {
  return {
    before: memoryTree('before', fixture.before),
    after: memoryTree('after', fixture.after),
    touched: [...new Set([...fixture.before.keys(), ...fixture.after.keys()])],
    origin: { kind: 'unknown', evidence: 'none' },
  };
}

/** Compares findings with what a fixture draws; the answer is empty when they agree, else fixture lines ready to paste. */
export function compareWithFixture(fixture: Fixture, assessment: Assessment): string {
  const found = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => expectationOf(hunk.path, finding, fixture)));
  const draw = (list: readonly Expectation[]): string => list.map(drawExpectation).join('\n');
  const missed = fixture.expected.filter((wanted) => !found.some((other) => same(wanted, other)));
  const surplus = found.filter((other) => !fixture.expected.some((wanted) => same(wanted, other)));
  return [missed.length > 0 ? `missed:\n${draw(missed)}` : '', surplus.length > 0 ? `surplus:\n${draw(surplus)}` : '']
    .filter(Boolean)
    .join('\n');
}

async function readAsset(name: string): Promise<Uint8Array> {
  return readFileSync(assetFile(name, createRequire(path.join(process.cwd(), 'package.json')).resolve));
}

function expectationOf(file: string, finding: Finding, fixture: Fixture): Expectation {
  const own = RULES.find((rule) => rule.id === finding.rule)?.severity;
  const severity = own === finding.severity ? '' : ` [${finding.severity}]`;
  const { start, end } = finding.range;
  const text = fixture[finding.side].get(file as never)?.split('\n')[start.line - 1] ?? '';
  return {
    path: file,
    side: finding.side,
    line: start.line,
    start: start.character,
    end: end.line > start.line ? text.length : end.character,
    text: `${finding.rule}${severity}: ${finding.message}`,
  };
}

function same(a: Expectation, b: Expectation): boolean {
  return a.path === b.path && a.side === b.side && a.line === b.line && a.start === b.start && a.end === b.end && a.text === b.text;
}
