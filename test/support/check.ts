import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { assess } from '../../server/src/core/assess.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { Assessment } from '../../server/src/core/model/assessment.ts';
import type { Change } from '../../server/src/core/model/change.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { Policy } from '../../server/src/core/model/policy.ts';
import type { Tree } from '../../server/src/core/model/tree.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import type { Rule } from '../../server/src/core/rules/define.ts';
import { RULES } from '../../server/src/core/rules/index.ts';
import { prepareTeamRules } from '../../server/src/core/team-rules/prepare.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { loadTeamRules } from '../../server/src/host/policy/load-team-rules.ts';
import { drawExpectation, type Expectation, expectationOf, type Fixture, sameExpectation } from './fixture.ts';
import { memoryTree } from './memory-tree.ts';

/** Assesses a change for a test. The single place from which tests call the engine. */
export async function check(
  change: Change,
  options: { policy?: Policy; rules?: readonly Rule[]; trusted?: Tree } = {},
): Promise<Assessment> {
  await prepareLanguages(change.touched, readAsset);
  const { rules, trusted = change.before } = options;
  const teamRules = await prepareTeamRules(loadTeamRules(trusted), loadTeamRules(change.after), readAsset);
  return assess(change, options.policy ?? DEFAULT_POLICY, {
    trusted,
    ...(rules === undefined ? {} : { rules }),
    ...(teamRules === undefined ? {} : { teamRules }),
  });
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
  const found = assessment.hunks.flatMap((hunk) =>
    hunk.findings.map((finding) => expectationOf(hunk.path, finding, ownSeverity(finding), fixture)),
  );
  const draw = (list: readonly Expectation[]): string => list.map(drawExpectation).join('\n');
  const missed = fixture.expected.filter((wanted) => !found.some((other) => sameExpectation(wanted, other)));
  const surplus = found.filter((other) => !fixture.expected.some((wanted) => sameExpectation(wanted, other)));
  return [missed.length > 0 ? `missed:\n${draw(missed)}` : '', surplus.length > 0 ? `surplus:\n${draw(surplus)}` : '']
    .filter(Boolean)
    .join('\n');
}

export async function readAsset(name: string): Promise<Uint8Array> {
  return readFileSync(assetFile(name, createRequire(path.join(process.cwd(), 'package.json')).resolve));
}

function ownSeverity(finding: Finding): string | undefined {
  return RULES.find((rule) => rule.id === finding.rule)?.severity;
}
