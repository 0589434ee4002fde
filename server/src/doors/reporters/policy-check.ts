import { SEVERITIES } from '../../core/model/finding.ts';
import type { CheckedPolicy } from '../../host/policy/check-files.ts';
import { conditionWords, memberWords, requirementWords } from './policy-words.ts';
import { plural } from './review-report.ts';
import { paint, printable, type Terminal } from './terminal.ts';

/** More than these and nobody reads them; how many there are is said. */
const MOST_SHOWN = 50;

/** Every fault by file and line, and what holds where every file could be read. `name` shortens a path for people. */
export function renderPolicyCheck(
  { files, faults, ruleset, read }: CheckedPolicy,
  name: (file: string) => string,
  terminal: Terminal,
): string {
  const style = { error: 'high', warning: 'medium' } as const;
  const lines = faults
    .slice(0, MOST_SHOWN)
    .map(({ kind, file, line, message }) => `${paint(terminal, style[kind], kind)}  ${printable(`${name(file)}:${line}: ${message}`)}`);
  if (faults.length > MOST_SHOWN) lines.push(`and ${faults.length - MOST_SHOWN} more`);
  const held = read === undefined ? [] : holding(read, ruleset);
  const errors = faults.filter(({ kind }) => kind === 'error').length;
  const warnings = faults.length - errors;
  const counted = [...(errors > 0 ? [plural(errors, 'error')] : []), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])];
  const named = files.length === 0 ? 'no policy file: the default holds' : files.map(name).map(printable).join(', ');
  return `${[...lines, ...held, `${named}: ${counted.length === 0 ? 'no fault found' : counted.join(', ')}`].join('\n')}\n`;
}

function holding({ policy, roster }: NonNullable<CheckedPolicy['read']>, ruleset: string): readonly string[] {
  return [
    ...SEVERITIES.map((severity) => `${severity.padEnd(8)}  ${printable(requirementWords(policy.severities[severity]))}`),
    ...policy.signoffs.map(
      ({ when, require }, index) =>
        `sign-off ${index + 1}  ${printable(`${conditionWords(when)}: ${requirementWords({ ...require, people: Math.max(1, require.people) })}`)}`,
    ),
    ...policy.exemptions.map(
      ({ match, rules, atMost, until, reason }) =>
        `exempt until ${until.slice(0, 10)}  ${printable(`${match}${rules.length === 0 ? '' : ` ${rules.join(' ')}`}, up to ${atMost}: ${reason}`)}`,
    ),
    `may sign  ${roster.length === 0 ? 'nobody' : printable(memberWords(roster))}`,
    `rule set  ${ruleset}`,
  ];
}

/** Paths as they were given; lines are 1-based. */
export function renderPolicyCheckJson({ files, faults, ruleset, read }: CheckedPolicy, name: (file: string) => string): string {
  const document = {
    schemaVersion: 1,
    valid: faults.every(({ kind }) => kind !== 'error'),
    files: files.map(name),
    faults: faults.map(({ kind, file, line, message }) => ({ kind, path: name(file), line, message })),
    signers: read?.roster.map(memberJson) ?? [],
    engine: { ruleset },
    policy: read === undefined ? null : { digest: read.policy.digest, source: read.policy.source },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

export function memberJson({ person, keys }: NonNullable<CheckedPolicy['read']>['roster'][number]): object {
  return { id: person.id, roles: person.roles, keys: keys.map(({ fingerprint, isHardware }) => ({ fingerprint, hardware: isHardware })) };
}
