import { compareSeverity } from '../../core/model/finding.ts';
import { placeOf } from '../../core/place.ts';
import type { Need } from '../../core/policy/needs-of.ts';
import { isSameName, namesOf } from '../../core/policy/people.ts';
import type { ChangeAuthor } from '../../core/policy/requirement-of.ts';
import { countDependents } from '../../core/verify/dependents.ts';
import { memberJson } from './policy-check.ts';
import { memberWords, requirementWords } from './policy-words.ts';
import { type NamedRange, rangeOptions, requestCommand } from './remedy.ts';
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
  const { authors, needs, hunkCount } = report;
  const who = authors.map(({ author, roles }) => `${author.email} (${rolesWords(roles)})`).join(', ');
  const asking = needs.filter(({ exemption }) => exemption === undefined);
  const lines = joinNeeds(needs).flatMap((equal) => needLines(equal, report, terminal));
  const last = `${plural(asking.length, 'finding')} of ${plural(hunkCount, 'hunk')} would need somebody${isMet(report) ? '' : ', and nobody can give it'}`;
  return `${[`as ${printable(who)}`, '', ...lines, last].join('\n')}\n`;
}

function rolesWords(roles: readonly string[] | undefined): string {
  if (roles === undefined) return 'not among the people of the policy';
  return roles.length === 0 ? 'no role' : roles.join(', ');
}

/** Most severe first; what one fingerprint stands for in a hunk is one need, whatever it says. */
function joinNeeds(needs: readonly Need[]): readonly (readonly [Need, ...Need[]])[] {
  const groups = new Map<string, [Need, ...Need[]]>();
  for (const need of needs.toSorted((a, b) => compareSeverity(b.finding.severity, a.finding.severity))) {
    const key = `${need.hunk.id} ${need.finding.fingerprint}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [need]);
    else known.push(need);
  }
  return [...groups.values()];
}

function needLines(equal: readonly [Need, ...Need[]], report: NeedsReport, terminal: Terminal): readonly string[] {
  const [need] = equal;
  const { hunk, finding, signoffs, exemption, able, shortfall } = need;
  // Nobody is asked to confirm what is not there.
  const requirement = { ...need.requirement, confirmDependents: need.requirement.confirmDependents && countDependents(finding) > 0 };
  const place = `${printable(hunk.path)}:${placeOf(hunk, finding).line}`;
  const [message = '', ...others] = new Set(equal.map((one) => printable(one.finding.message)));
  const head = [
    `${paint(terminal, finding.severity, finding.severity.padEnd(8))}  ${place}  ${finding.rule}  ${message}`,
    ...others.map((other) => `  and       ${other}`),
  ];
  if (exemption !== undefined) return [...head, `  exempt until ${exemption.until.slice(0, 10)}: ${printable(exemption.reason)}`, ''];
  const because = signoffs.length === 0 ? '' : ` (with sign-off ${signoffs.join(' and ')})`;
  return [
    ...head,
    `  needs     ${printable(requirementWords(requirement))}${because}`,
    ...(shortfall === undefined
      ? [`  from      ${printable(memberWords(able))}`, `  by        ${requirement.people > 1 ? 'each: ' : ''}${commandOf(need, report)}`]
      : [`  ${paint(terminal, 'high', 'nobody')}    ${printable(shortfall)}`]),
    '',
  ];
}

/**
 * Of what is not committed yet an export takes what is staged; of commits, what is between them. Where no author may answer, what is
 * not committed goes to somebody else by a file.
 */
function commandOf({ finding: { fingerprint }, able }: Need, { range: { isStaged, ...range }, authors }: NeedsReport): string {
  const options = rangeOptions(range);
  const mayAuthor = able.some(({ person }) => authors.some(({ author }) => namesOf(person).some((name) => isSameName(name, author.email))));
  if (range.head === undefined && !mayAuthor) return requestCommand({ ...range, ...(isStaged === true ? { staged: true } : {}) });
  const staged = isStaged === true ? ' --staged' : '';
  const ack = `brakeline ack ${shortFingerprint(fingerprint)}${staged}${options}`;
  if (range.head !== undefined) return `${ack} && brakeline export${options} && git commit`;
  const add = isStaged === true ? '' : ' && git add --all';
  return `${ack}${add} && brakeline export${options === '' ? '' : `${options} --staged`} && git commit`;
}

export function renderNeedsJson(report: NeedsReport): string {
  const { authors, needs, hunkCount, policyDigest } = report;
  const document = {
    schemaVersion: 1,
    authors: authors.map(({ author, roles }) => ({ id: author.email, roles: roles ?? null })),
    hunkCount,
    needs: needs.map((need) => ({
      fingerprint: need.finding.fingerprint,
      path: need.hunk.path,
      line: placeOf(need.hunk, need.finding).line,
      rule: need.finding.rule,
      severity: need.finding.severity,
      requirement: need.requirement,
      signoffs: need.signoffs,
      ...(need.exemption === undefined ? {} : { exemption: need.exemption }),
      able: need.able.map(memberJson),
      ...(need.shortfall === undefined ? { command: commandOf(need, report) } : { shortfall: need.shortfall }),
    })),
    policy: { digest: policyDigest },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
