import { describe, expect, it } from 'vitest';
import { keyFingerprint } from '../../server/src/core/attest/ssh-key.ts';
import type { RevokedKeys } from '../../server/src/core/model/result.ts';
import { parseAllowedSigners } from '../../server/src/core/policy/allowed-signers.ts';
import { checkPolicy } from '../../server/src/core/policy/check-policy.ts';
import { parsePolicy } from '../../server/src/core/policy/parse-policy.ts';
import { digestOf, makeKey, publicLine, skPublicLine } from '../support/attest.ts';

const NS = 'namespaces="brakeline-ack"';
const [ADA, BOB, CID] = [makeKey(1), makeKey(2), makeKey(3)].map(publicLine);
const SK = skPublicLine(makeKey(4));
const SIGNERS = `ada@x ${NS} ${ADA}\nbob@x ${NS} ${BOB}\n`;
const PEOPLE = `people:
  - { id: ada, roles: [junior], principals: [ada@x] }
  - { id: bob, roles: [senior], principals: [bob@x] }
`;

function faults(policy: string, signers = SIGNERS, revoked?: RevokedKeys, paths?: readonly string[]): readonly string[] {
  const parsed = parsePolicy(`version: 1\n${policy}`);
  const trusted = parseAllowedSigners(signers);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
  if (trusted.kind === 'invalid') throw new Error(JSON.stringify(trusted.errors));
  return checkPolicy({
    ...parsed,
    trust: { ...trusted.trust, ...(revoked === undefined ? {} : { revoked }) },
    signerLines: trusted.lines,
    now: '2026-11-22T12:00:00Z',
    ruleset: 'a'.repeat(64),
    rules: ['data/drop-table'],
    ...(paths === undefined ? {} : { paths }),
  }).map(({ kind, file, line, message }) => `${kind} ${file}:${line}: ${message}`);
}

describe('a policy in the place of another', () => {
  const said = (before: string, after: string): readonly string[] => {
    const [was, is] = [before, after].map((asks) => parsePolicy(`version: 1\nseverities:\n  critical: { ${asks} }\n`));
    const trusted = parseAllowedSigners(SIGNERS);
    if (was?.kind === 'invalid' || is?.kind === 'invalid' || was === undefined || is === undefined || trusted.kind === 'invalid')
      throw new Error(before + after);
    const known = { trust: trusted.trust, signerLines: trusted.lines, now: '2026-11-22T12:00:00Z', ruleset: 'a'.repeat(64), rules: [] };
    return checkPolicy({ ...is, ...known, before: was.policy })
      .filter(({ message }) => message.includes('HEAD'))
      .map(({ kind, line, message }) => `${kind} ${line}: ${message}`);
  };

  it.each([
    ['people: 1, self: false', 'people: 2', 'self: false went, so an author may be one of the people'],
    ['people: 2', 'people: 1', 'people: 2 became 1'],
    [
      'people: 1, roles: [a, b], presence: touch, days: 3',
      'people: 1, roles: [b]',
      'roles: [a, b] went; presence: touch became none; days: 3 went',
    ],
    [
      'people: 1, reason: true, days: 3',
      'people: 1, reason: false, confirmDependents: false, days: 4',
      'reason: true went; confirmDependents: true went; days: 3 became 4',
    ],
  ])('that asks for less is told what went: %s, then %s', (before, after, went) => {
    expect(said(before, after)).toEqual([`warning 3: critical asks for less than the policy of HEAD: ${went}`]);
  });

  it.each([
    ['people: 1', 'people: 2, self: false'],
    ['people: 1, roles: [a, b], presence: touch, days: 3', 'people: 1, roles: [b, a], presence: verified, days: 2'],
    ['people: 1, self: true', 'people: 1'],
  ])('that asks for as much or more is left alone: %s, then %s', (before, after) => {
    expect(said(before, after)).toEqual([]);
  });
});

describe('a quorum that nobody can meet', () => {
  it('is none where the people are there', () => {
    expect(faults('')).toEqual([]);
    expect(faults(`severities:\n  high: { people: 2, roles: [senior] }\n${PEOPLE}`)).toEqual([]);
  });

  it('more people than have keys', () => {
    expect(faults('severities:\n  high:\n    people: 3')).toEqual([
      'error policy:3: high: nobody can meet this: expected at least 3 people with a key, found ada@x, bob@x',
    ]);
  });

  it('a role that nobody with a key has', () => {
    expect(faults(`severities:\n  critical: { people: 1, roles: [security, lead] }\n${PEOPLE}`)).toEqual([
      'error policy:3: critical: nobody can meet this: expected somebody with a key and the role security or lead, found ada, bob without',
    ]);
  });

  it('nobody at all', () => {
    expect(faults('', '')).toEqual([
      'error policy:1: high: nobody can meet this: expected at least 1 person with a key, found nobody',
      'error policy:1: critical: nobody can meet this: expected at least 1 person with a key, found nobody',
    ]);
  });

  it('several keys are one person, and so are lines that share a name', () => {
    const signers = `ada@x,ada@home ${NS} ${ADA}\nada@home ${NS} ${BOB}\n`;
    expect(faults('severities: { high: { people: 2 } }', signers)[0]).toContain('found ada@x');
  });

  it('a revoked key and one outside its dates are nobody’s', () => {
    const old = `ada@x ${NS},valid-before=20260101Z ${ADA}\nbob@x ${NS} ${BOB}\n`;
    expect(faults('severities: { high: { people: 2 } }', old)[0]).toContain('found bob@x');
    const digest = Buffer.from(keyFingerprint(BOB ?? '').slice(7), 'base64').toString('hex');
    expect(faults('severities: { high: { people: 2 } }', SIGNERS, { sha256: [digest], sha1: [] })).toEqual([
      'error policy:2: high: nobody can meet this: expected at least 2 people with a key, found ada@x',
      expect.stringMatching(/^warning signers:2: SHA256:\S+ is revoked, and counts no more$/),
    ]);
  });

  it('presence without hardware', () => {
    expect(faults(`severities: { critical: { presence: touch } }\n${PEOPLE}`)).toEqual([
      'error policy:2: critical: nobody can meet this: expected at least 1 person with a hardware key, found nobody',
    ]);
    const withKey = PEOPLE.replace('[bob@x]', `[bob@x], hardware: ['${keyFingerprint(SK)}']`);
    expect(faults(`severities: { critical: { presence: touch } }\n${withKey}`, `${SIGNERS}bob@x ${NS} ${SK}\n`)).toEqual([]);
  });

  it('a sign-off on top of a severity', () => {
    const signoff = 'signoffs:\n  - when: { atLeast: high }\n    require:\n      people: 3\n';
    expect(faults(`${signoff}${PEOPLE}`)).toEqual([
      'error policy:4: high: nobody can meet this: expected at least 3 people with a key, found ada, bob',
      'error policy:4: critical: nobody can meet this: expected at least 3 people with a key, found ada, bob',
    ]);
  });

  it('warns of authors whose changes nobody could acknowledge', () => {
    expect(faults(`severities: { high: { self: false, roles: [senior] } }\n${PEOPLE}`)).toEqual([
      'warning policy:2: high: too few others may acknowledge what is made by bob',
    ]);
  });

  it('warns of a sign-off that asks nobody', () => {
    const quiet =
      'severities: { high: { people: 0 }, critical: { people: 0 } }\nsignoffs:\n  - when: { author: [junior] }\n    require: { roles: [senior] }\n';
    expect(faults(`${quiet}${PEOPLE}`)).toEqual([
      'warning policy:5: expected a severity that asks for somebody, or people in the sign-off, found neither: it asks nobody',
    ]);
  });
});

describe('keys and people that are not known', () => {
  const hardware = (key: string, person = 'bob'): string =>
    `people:\n  - id: ${person}\n    principals: [${person}@x]\n    hardware:\n      - ${keyFingerprint(key)}\n  - { id: ada, principals: [ada@x] }\n`;

  it('hardware that is no key of allowed_signers', () => {
    expect(faults(hardware(SK))).toEqual([
      expect.stringMatching(/^error policy:6: expected a key of allowed_signers, found SHA256:\S+, which is not listed there$/),
    ]);
  });

  it('hardware that is none', () => {
    expect(faults(hardware(BOB ?? ''))).toEqual([
      expect.stringMatching(/^error policy:6: expected a key of a type sk-, found SHA256:\S+, which is ssh-ed25519 and proves no touch$/),
    ]);
  });

  it('hardware that somebody else has', () => {
    expect(faults(hardware(SK), `${SIGNERS}ada@x ${NS} ${SK}\n`)).toEqual([
      expect.stringMatching(/^error policy:6: expected a key of bob, found SHA256:\S+, which allowed_signers lists for ada$/),
    ]);
  });

  it('a signer whom the policy does not name has no role', () => {
    expect(faults(PEOPLE, `${SIGNERS}# one more\ncid@x ${NS} ${CID}\n`)).toEqual([
      'warning signers:4: expected somebody of people in the policy, found cid@x, who has no role',
    ]);
  });

  it('one key of two people is nobody’s', () => {
    expect(faults(PEOPLE, `${SIGNERS}ada@x ${NS} ${BOB}\n`).filter((one) => one.startsWith('error signers'))).toHaveLength(2);
  });

  it('a role of authors that nobody has', () => {
    const signoff = 'signoffs:\n  - when: { author: [junior, mid] }\n    require: { roles: [senior] }\n';
    expect(faults(`${signoff}${PEOPLE}`)).toEqual(['warning policy:3: expected roles of people, found mid, which nobody has']);
  });
});

it('warns of a pattern that no path of the tree matches', () => {
  const paths = `paths:\n  - { match: 'infar/**', atLeast: high }\n  - { match: 'infra/**', atLeast: high }\n`;
  const signoffs = `signoffs:\n  - { when: { match: 'db/*.sql' }, require: { people: 2 } }\n`;
  expect(faults(`${paths}${signoffs}`, SIGNERS, undefined, ['infra/main.tf', 'db/x/1.sql'])).toEqual([
    'warning policy:3: expected a path of the tree that matches, found none for "infar/**"',
    'warning policy:6: expected a path of the tree that matches, found none for "db/*.sql"',
  ]);
});

describe('what has had its day', () => {
  const exemption = (until: string, rule = 'data/drop-table'): string =>
    `exemptions:\n  - match: 'old/**'\n    rules:\n      - ${rule}\n    until: ${until}\n    reason: we begin\n`;

  it.each([
    ['2026-11-22', []],
    ['2026-11-21', ['warning policy:3: ended on 2026-11-21: it exempts nothing any more']],
    ['2028-11-22', ['warning policy:6: ends in 732 days: an exemption is a beginning, not a state']],
  ])('an exemption until %s', (until, expected) => {
    expect(faults(exemption(until))).toEqual(expected);
  });

  it('an exemption of a rule that is none', () => {
    expect(faults(exemption('2026-12-31', 'data/drop-tables'))).toEqual([
      'error policy:5: expected a rule of this version or of the team, found data/drop-tables',
    ]);
    expect(faults(exemption('2026-12-31', 'data/*'))).toEqual([]);
  });

  it('rules that are pinned to others than these', () => {
    expect(faults(`rulesets: [${'a'.repeat(64)}]`)).toEqual([]);
    expect(faults(`rulesets: [${digestOf('old')}]`)).toEqual([
      `error policy:2: expected the rule set of this version, ${'a'.repeat(64)}, found others: its verifications fail`,
    ]);
  });
});
