import type { Need } from '../../core/policy/needs-of.ts';
import type { ChangeAuthor } from '../../core/policy/requirement-of.ts';
import { placeOf } from './place.ts';
import { memberJson } from './policy-check.ts';
import { memberWords, requirementWords } from './policy-words.ts';
import { type NamedRange, rangeOptions } from './remedy.ts';
import { plural, shortFingerprint } from './review-report.ts';
import { paint, printable, type Terminal } from './terminal.ts';

/** What a change would need, of whom, and with which command. */
export interface NeedsReport {
  readonly authors: readonly { readonly author: ChangeAuthor; readonly roles: readonly string[] | undefined }[];
  readonly needs: readonly Need[];
  /** Hunks with findings, those that ask nobody among them. */
  readonly hunkCount: number;
  readonly range: Partial<NamedRange> & { readonly isStaged?: boolean };
  readonly policyDigest: string;
}

/** True where somebody can give everything that is asked. */
export function isMet({ needs }: NeedsReport): boolean {
  return needs.every(({ exemption, shortfall }) => exemption !== undefined || shortfall === undefined);
}

export function renderNeeds(report: NeedsReport, terminal: Terminal): string {
  const { authors, needs, hunkCount, range } = report;
  const who = authors.map(({ author, roles }) => `${author.email} (${rolesWords(roles)})`).join(', ');
  const asking = needs.filter(({ exemption }) => exemption === undefined);
  const lines = needs.flatMap((need) => needLines(need, range, terminal));
  const last = `${plural(asking.length, 'finding')} of ${plural(hunkCount, 'hunk')} would need somebody${isMet(report) ? '' : ', and nobody can give it'}`;
  return `${[`as ${printable(who)}`, '', ...lines, last].join('\n')}\n`;
}

function rolesWords(roles: readonly string[] | undefined): string {
  if (roles === undefined) return 'not among the people of the policy';
  return roles.length === 0 ? 'no role' : roles.join(', ');
}

function needLines(
  { hunk, finding, requirement, signoffs, exemption, able, shortfall }: Need,
  range: NeedsReport['range'],
  terminal: Terminal,
): readonly string[] {
  const place = `${printable(hunk.path)}:${placeOf(hunk, finding).line}`;
  const head = `${paint(terminal, finding.severity, finding.severity.padEnd(8))}  ${place}  ${finding.rule}  ${printable(finding.message)}`;
  if (exemption !== undefined) return [head, `  exempt until ${exemption.until.slice(0, 10)}: ${printable(exemption.reason)}`, ''];
  const because = signoffs.length === 0 ? '' : ` (with sign-off ${signoffs.join(' and ')})`;
  return [
    head,
    `  needs     ${printable(requirementWords(requirement))}${because}`,
    ...(shortfall === undefined
      ? [
          `  from      ${printable(memberWords(able))}`,
          `  by        ${requirement.people > 1 ? 'each: ' : ''}${commandOf(finding.fingerprint, range)}`,
        ]
      : [`  ${paint(terminal, 'high', 'nobody')}    ${printable(shortfall)}`]),
    '',
  ];
}

function commandOf(fingerprint: string, { isStaged, ...range }: NeedsReport['range']): string {
  const options = rangeOptions(range);
  const staged = isStaged === true ? ' --staged' : '';
  const closing = options === '' ? '' : ' && git commit';
  return `brakeline ack ${shortFingerprint(fingerprint)}${staged}${options} && brakeline export${options}${closing}`;
}

export function renderNeedsJson({ authors, needs, hunkCount, range, policyDigest }: NeedsReport): string {
  const document = {
    schemaVersion: 1,
    authors: authors.map(({ author, roles }) => ({ id: author.email, roles: roles ?? null })),
    hunkCount,
    needs: needs.map(({ hunk, finding, requirement, signoffs, exemption, able, shortfall }) => ({
      fingerprint: finding.fingerprint,
      path: hunk.path,
      line: placeOf(hunk, finding).line,
      rule: finding.rule,
      severity: finding.severity,
      requirement,
      signoffs,
      ...(exemption === undefined ? {} : { exemption }),
      able: able.map(memberJson),
      ...(shortfall === undefined ? { command: commandOf(finding.fingerprint, range) } : { shortfall }),
    })),
    policy: { digest: policyDigest },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
