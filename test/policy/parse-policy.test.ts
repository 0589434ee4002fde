import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, NOBODY } from '../../server/src/core/policy/default-policy.ts';
import { parsePolicy } from '../../server/src/core/policy/parse-policy.ts';

const HARDWARE = 'SHA256:ELwlHwJRddruHvldErwjmDYUmDvv17hADVWNzbm3yDY';
const FULL = `version: 1
repository: 0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11
maxFileBytes: 2048
severities:
  medium: { people: 1 }
  critical:
    people: 2
    roles: [senior]
    self: false
    days: 30
paths:
  - match: 'infra/**'
    atLeast: high
bindBranch: true
rulesets: [${'a'.repeat(64)}]
signoffs:
  - when: { author: [junior, mid], origin: [ai, unknown] }
    require: { roles: [senior], presence: touch }
exemptions:
  - match: 'old/**'
    rules: [data/*]
    until: 2027-03-31
    reason: the old reports go in spring
people:
  - id: github:1
    roles: [senior]
    principals: [ada@example.invalid]
    hardware: ['${HARDWARE}']
  - id: github:2
`;

function errors(text: string): readonly string[] {
  const parsed = parsePolicy(text);
  return parsed.kind === 'policy' ? [] : parsed.errors.map(({ line, message }) => `${line}: ${message}`);
}

describe('parsePolicy', () => {
  it('reads everything, and keeps the default for what is left out', () => {
    const nobody = DEFAULT_POLICY.severities.low;
    expect(parsePolicy(FULL)).toEqual({
      kind: 'policy',
      lines: expect.any(Map),
      policy: {
        digest: createHash('sha256').update(FULL).digest('hex'),
        source: 'file',
        repositoryId: '0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11',
        severities: {
          low: nobody,
          medium: { ...nobody, people: 1 },
          high: DEFAULT_POLICY.severities.high,
          critical: { people: 2, reason: true, confirmDependents: true, self: false, roles: [['senior']], presence: 'none', days: 30 },
        },
        paths: [{ match: 'infra/**', atLeast: 'high' }],
        signoffs: [
          {
            when: { author: ['junior', 'mid'], origin: ['ai', 'unknown'] },
            require: { ...NOBODY, roles: [['senior']], presence: 'touch' },
          },
        ],
        exemptions: [
          { match: 'old/**', rules: ['data/*'], atMost: 'high', until: '2027-03-31T23:59:59Z', reason: 'the old reports go in spring' },
        ],
        bindBranch: true,
        rulesets: ['a'.repeat(64)],
        people: [
          { id: 'github:1', roles: ['senior'], principals: ['ada@example.invalid'], hardware: [HARDWARE] },
          { id: 'github:2', roles: [], principals: [] },
        ],
        maxFileBytes: 2048,
      },
    });
  });

  it('a version alone is the default', () => {
    const parsed = parsePolicy('version: 1\n');
    expect(parsed.kind === 'policy' && parsed.policy).toEqual({
      ...DEFAULT_POLICY,
      source: 'file',
      digest: createHash('sha256').update('version: 1\n').digest('hex'),
    });
  });

  it.each([
    ['', '1: the policy: expected a mapping, found nothing'],
    ['[]', '1: the policy: expected a mapping, found a list'],
    ['paths: []', '1: expected `version: 1`, found no version'],
    ['version: 2', '1: version: expected a whole number from 1 to 1, found 2'],
    [
      'version: 1\nseverity: {}',
      '2: the policy: expected one of version, repository, bindBranch, maxFileBytes, rulesets, severities, paths, signoffs, exemptions, people, found the key "severity"',
    ],
    ['version: 1\nseverities:\n  hihg: {}', '3: severities: expected one of low, medium, high, critical, found the key "hihg"'],
    ['version: 1\nseverities:\n  high:\n    reason: often', '4: high.reason: expected true or false, found the text "often"'],
    ['version: 1\nseverities:\n  high: { people: -1 }', '3: high.people: expected a whole number from 0 to 20, found -1'],
    ['version: 1\nseverities:\n  high: { people: "2" }', '3: high.people: expected a whole number from 0 to 20, found the text "2"'],
    ['version: 1\nseverities:\n  high: { days: 0.5 }', '3: high.days: expected a whole number from 1 to 3650, found 0.5'],
    ['version: 1\nseverities:\n  high: { roles: senior }', '3: high.roles: expected a list, found the text "senior"'],
    ['version: 1\npaths:\n  - match: "infra/**"', '3: expected the key atLeast, found none'],
    [
      'version: 1\npaths:\n  - { match: x, atLeast: fatal }',
      '3: atLeast: expected one of low, medium, high, critical, found the text "fatal"',
    ],
    ['version: 1\npaths:\n  - { match: "[a", atLeast: high }', '3: match: expected a path pattern, found "[a": `[` is not closed'],
    [
      'version: 1\npaths:\n  - { match: /infra, atLeast: high }',
      '3: match: expected a path pattern, found "/infra": a pattern starts at the repository root and has no leading `/`',
    ],
    [
      'version: 1\npaths:\n  - { match: "../x", atLeast: high }',
      '3: match: expected a path pattern, found "../x": a pattern has no `.` or `..` segment',
    ],
    [
      `version: 1\npaths:\n  - { match: "${'{a,b}'.repeat(20)}", atLeast: high }`,
      '3: match: expected a path pattern, found "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a...": the braces stand for 1000 patterns or more',
    ],
    [
      'version: 1\npaths:\n  - { match: "a\\\\", atLeast: high }',
      '3: match: expected a path pattern, found "a\\\\": the pattern ends in a lone backslash',
    ],
    ['version: 1\nrepository: x', '2: repository: expected 16 to 64 letters, digits and dashes, found "x"'],
    [
      'version: 1\npeople:\n  - id: a\n  - id: b\n    principals: [A]',
      '4: people: expected a name of one person alone, found "a" of a again',
    ],
    ['version: 1\npeople: [{ roles: [x] }]', '2: expected the key id, found none'],
    [
      'version: 1\nseverities:\n  high: { presence: often }',
      '3: high.presence: expected one of none, touch, verified, found the text "often"',
    ],
    ['version: 1\nrulesets:\n  - latest', '3: an entry of rulesets: expected 64 hex digits, found "latest"'],
    [
      'version: 1\npeople:\n  - id: a\n    hardware:\n      - ssh-ed25519 AAAA',
      '5: an entry of hardware: expected the fingerprint of a key, SHA256: and 43 characters, found "ssh-ed25519 AAAA"',
    ],
    [
      `version: 1\npeople:\n  - { id: a, hardware: ['${HARDWARE}'] }\n  - { id: b, hardware: ['${HARDWARE}'] }`,
      `4: people: expected a name of one person alone, found "${HARDWARE}" of a again`,
    ],
    ['version: 1\nsignoffs:\n  - require: { people: 2 }', '3: expected the key when, found none'],
    [
      'version: 1\nsignoffs:\n  - when: {}\n    require: { people: 2 }',
      '3: when: expected a condition: author, origin, atLeast or match, found none',
    ],
    [
      'version: 1\nsignoffs:\n  - when: { author: [] }\n    require: { people: 2 }',
      '3: when.author: expected at least one entry, found a list',
    ],
    [
      'version: 1\nsignoffs:\n  - when: { authors: [junior] }\n    require: { people: 2 }',
      '3: when: expected one of author, origin, atLeast, match, found the key "authors"',
    ],
    [
      'version: 1\nsignoffs:\n  - when: { origin: [AI] }\n    require: { people: 2 }',
      '3: an entry of when.origin: expected one of ai, human, unknown, found the text "AI"',
    ],
    [
      'version: 1\nsignoffs:\n  - when: { match: "[" }\n    require: { people: 2 }',
      '3: match: expected a path pattern, found "[": `[` is not closed',
    ],
    [
      'version: 1\nsignoffs:\n  - when: { atLeast: high }\n    require: { people: 0 }',
      '4: require: expected a demand, such as roles or people, found none',
    ],
    [
      'version: 1\nsignoffs:\n  - when: { atLeast: high }\n    require: { role: [senior] }',
      '4: require: expected one of people, reason, confirmDependents, self, roles, presence, days, found the key "role"',
    ],
    ['version: 1\nexemptions:\n  - { match: a, reason: b }', '3: expected the key until, found none'],
    [
      'version: 1\nexemptions:\n  - { match: a, until: 2027-02-29, reason: b }',
      '3: until: expected a day as YYYY-MM-DD, found "2027-02-29"',
    ],
    [
      'version: 1\nexemptions:\n  - { match: a, rules: [drop-table], until: 2027-02-28, reason: b }',
      '3: an entry of rules: expected a rule such as data/drop-table, or data/*, found "drop-table"',
    ],
    ['version: 1\nmaxFileBytes: 1 MB', '2: maxFileBytes: expected a whole number from 1 to 104857600, found the text "1 MB"'],
    ['a: &x 1\nversion: *x', '2: expected the value itself, found the alias *x'],
  ])('says what is wrong with %j', (text, message) => {
    expect(errors(text)).toContain(message);
  });

  it.each([
    ['version: 1\nversion: 1', 2],
    ['version: 1\n\tpaths: []', 2],
    ['version: 1\npaths: [', 2],
    ['version: 1\n---\nversion: 1', 2],
    ['version: !!js/function 1', 1],
  ])('gives the line of what is no readable YAML: %j', (text, line) => {
    const parsed = parsePolicy(text);
    expect(parsed.kind === 'invalid' && parsed.errors[0]).toMatchObject({ line, message: expect.stringContaining('not readable as YAML') });
  });

  it('names all mistakes, in the order of their lines', () => {
    expect(
      errors('version: 1\npaths:\n  - { match: "{", atLeast: no }\nseverities: { high: { self: 1 } }\nfoo: 1').map(
        (one) => one.split(':')[0],
      ),
    ).toEqual(['3', '3', '4', '5']);
  });

  it('refuses a file that is too long', () => {
    expect(errors(`version: 1 # ${'x'.repeat(300_000)}`)[0]).toMatch(/^1: expected at most 131072 characters, found 3/);
  });
});
