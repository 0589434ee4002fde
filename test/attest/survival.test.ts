import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { VerificationResult } from '../../server/src/core/model/result.ts';
import { groupLines } from '../../server/src/host/carriers/group-lines.ts';
import { writeCarriers } from '../../server/src/host/carriers/write-carriers.ts';
import { makeAcknowledgement, makeKey, makeSigner, publicLine, sealLine } from '../support/attest.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';
import { inSession } from '../support/in-session.ts';
import { AFTER, BEFORE, EDITS, type Edit, FILE, REWRITES } from '../support/rewrites.ts';

// A hundred repositories are written anew by real git commands.
vi.setConfig({ testTimeout: 600_000 });

const PAGE = path.resolve(import.meta.dirname, '../../docs/attestations.md');
const ADA = makeKey(1);
const rows = new Map<string, string[]>(EDITS.map(({ name }) => [name, []]));
const acknowledged = new Map<string, Acknowledged>();

interface Acknowledged {
  readonly repository: TestRepository;
  readonly fingerprint: string;
}

describe.each(REWRITES)('an acknowledgement through $name', (rewrite) => {
  it.each(EDITS)('$name', async (edit) => {
    const start = await acknowledgedBefore(edit);
    const repository = copyOf(start.repository);
    const range = rewrite.run(repository, () => edit.apply(repository));
    const result = await inSession(repository, (session) => session.verify(range));
    const outcome = outcomeOf(result, start.fingerprint);
    repository.dispose();
    rows.get(edit.name)?.push(outcome);
    expect(outcome).toMatch(DEMANDED[edit.demands]);
    expect(result.passed).toBe(edit.demands === 'survives');
  });
});

/** What the design says of each edit, whatever way history was written anew. */
const DEMANDED: Readonly<Record<Edit['demands'], RegExp>> = {
  survives: /^survives$/,
  dies: /^dies \((stale|uncovered)\)$/,
  'new-asks': /^survives, 1 new asks$/,
};

it('a revert alone asks nobody', async () => {
  const { repository } = await acknowledgedBefore(EDITS[0] as Edit);
  const reverted = copyOf(repository);
  reverted.git('revert', '--no-edit', 'HEAD');
  const result = await inSession(reverted, (session) => session.verify({ base: 'main', head: 'work' }));
  expect(result).toMatchObject({ passed: true, gaps: [], covered: [] });
});

it('docs/attestations.md has the table of this run: npx vitest run test/attest/survival.test.ts -u writes it', async () => {
  expect([...rows.values()].every((cells) => cells.length === REWRITES.length)).toBe(true);
  const head = `| | ${REWRITES.map(({ name }) => name).join(' | ')} |`;
  const line = `|---|${REWRITES.map(() => '---').join('|')}|`;
  const body = [...rows].map(([name, cells]) => `| ${name} | ${cells.join(' | ')} |`);
  const table = [head, line, ...body].join('\n');
  const page = readFileSync(PAGE, 'utf8');
  const between = /(<!-- survival -->\n)[^<]*(<!-- \/survival -->)/;
  expect(page).toMatch(between);
  await expect(page.replace(between, (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`)).toMatchFileSnapshot(PAGE);
});

/** `survives` where the record still covers the finding, and how many others now ask for a person. */
function outcomeOf({ gaps, covered }: VerificationResult, fingerprint: string): string {
  if (!covered.some((one) => one.fingerprint === fingerprint)) return `dies (${[...new Set(gaps.map(({ code }) => code))].join(', ')})`;
  return gaps.length === 0 ? 'survives' : `survives, ${gaps.length} new asks`;
}

/** `work` is one commit ahead of `main`: a risky line, acknowledged, its record in the tree as `brakeline export` writes it. */
async function acknowledgedBefore({ attributes = '' }: Edit): Promise<Acknowledged> {
  const known = acknowledged.get(attributes);
  if (known !== undefined) return known;
  const repository = makeRepository();
  repository.write(FILE, BEFORE);
  repository.write('.gitattributes', attributes);
  repository.write('.brakeline/allowed_signers', `ada@example.invalid namespaces="brakeline-ack" ${publicLine(ADA)}\n`);
  repository.commit('base');
  repository.git('switch', '--quiet', '--create', 'work');
  repository.write(FILE, AFTER);
  repository.git('add', '--all');
  const { assessment } = await inSession(repository, (session) => session.review({ staged: true }));
  const findings = assessment.hunks.flatMap((hunk) => hunk.findings);
  const [finding] = findings;
  if (finding === undefined || findings.length > 1) throw new Error(`expected one finding, found ${findings.length}`);
  const plain = makeAcknowledgement([finding], { by: { id: 'ada@example.invalid' }, at: new Date().toISOString() });
  const line = await sealLine({ ...plain, findings: plain.findings.map((one) => ({ ...one, path: FILE })) }, makeSigner(ADA));
  await writeCarriers(repository.dir, groupLines([line], [finding.fingerprint]));
  repository.git('commit', '--quiet', '--message=risky');
  const made = { repository, fingerprint: finding.fingerprint };
  acknowledged.set(attributes, made);
  return made;
}

function copyOf({ dir }: TestRepository): TestRepository {
  const copy = path.join(temporaryFolder('rewrite'), 'copy');
  cpSync(dir, copy, { recursive: true });
  return repositoryAt(copy);
}
