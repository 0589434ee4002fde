import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';

/**
 * ## What it sees
 * A change of what decides whether other changes are looked at: a setting of `.brakeline/policy.yaml`, a line of
 * `.brakeline/allowed_signers` or `.brakeline/revoked_keys`, a rule of the team in `.brakeline/rules`, an attribute in
 * `.gitattributes` by which files are no longer analysed, or owners that a pattern of `CODEOWNERS` loses. A first policy counts
 * as a change of the default where somebody may sign already.
 *
 * ## Why it matters
 * This change is still judged by the base. The next one is judged by this one: whoever may widen the policy unseen needs no
 * other permission.
 *
 * ## When it is fine
 * The first policy and the first signer of a repository, the first revoked keys, a new rule of the team, another owner beside those there are, and
 * attributes for pictures and lock files.
 *
 * ## What it misses
 * A list of revoked keys that `ssh-keygen -k` made is no text: `verify` compares its entries and names those that are gone.
 * Attributes of one machine, which are in no tree, rules of a host about who may merge, and lines of `CODEOWNERS` in another
 * order or below a wider one.
 */
export default defineRule({
  id: 'safeguard/review-policy-changed',
  version: '1.1.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Changes who must look at a change, or what is looked at',
  reads: ['settings'],
  evidence: [
    {
      title: 'OWASP AISVS: approvals must be verifiable outside the path of whoever is approved',
      url: 'https://owasp.org/www-project-artificial-intelligence-security-verification-standard-aisvs-docs/',
    },
  ],
  *check(input) {
    // A first file of attributes hides as well as a further line of one.
    if (input.path.endsWith('.gitattributes')) yield* hidden(input);
    const isOverDefault = input.path === POLICY && input.trees.before.read(SIGNERS) !== undefined;
    if (input.before === undefined && !isOverDefault) return;
    if (input.path === POLICY) yield* changed(input, 'the review policy changes');
    else if (input.path === SIGNERS) yield* changed(input, 'who may sign changes');
    else if (input.path === '.brakeline/revoked_keys') yield* changed(input, 'which keys are revoked');
    else if (/^\.brakeline\/rules\/[^/]+\.ya?ml$/.test(input.path)) yield* changed(input, 'a rule of the team changes');
    else if (/(^|\/)CODEOWNERS$/.test(input.path)) yield* disowned(input);
  },
});

// Written as what RepoPath promises: relative, POSIX, without `./`.
const POLICY = '.brakeline/policy.yaml' as RepoPath;
const SIGNERS = '.brakeline/allowed_signers' as RepoPath;

/** One finding for a hunk: what was there and what is there now belong to one decision. */
function* changed({ added, removed }: RuleInput, what: string): Iterable<FindingDraft> {
  const fresh = added.settings[0];
  const old = removed.settings[0];
  if (fresh !== undefined) yield { side: 'after', range: fresh.range, message: fitMessage(`${what}: ${quote(wordsOf(fresh))}`) };
  else if (old !== undefined) yield { side: 'before', range: old.range, message: fitMessage(`${what}: ${quote(wordsOf(old))} is gone`) };
}

const HIDES = /(^|\s)(linguist-(generated|vendored)(=true)?|binary|-diff|ident|filter=\S+|working-tree-encoding=\S+)(\s|$)/;
/** Patterns of files that no rule reads. */
const UNREAD =
  /\.(png|jpe?g|gif|ico|svg|webp|avif|pdf|zip|gz|jar|woff2?|ttf|otf|mp[34]|wasm|snap|lock)$|(^|\/)(package-lock\.json|pnpm-lock\.yaml|go\.sum)$/i;
/** Folders of what is made, or of what others wrote. */
const MADE = /(^|\/)(dist|build|out|public|static|vendor|third[_-]?party|generated|gen|__generated__|coverage|docs?|node_modules)\//i;
const READ = /(^|\/)\*+$|\.(sh|bash|sql|tf|hcl|[cm]?[jt]sx?|ya?ml|json)$|(^|\/)Dockerfile/i;

function* hidden({ added }: RuleInput): Iterable<FindingDraft> {
  for (const setting of added.settings) {
    if (!HIDES.test(String(setting.value)) || UNREAD.test(patternOf(setting))) continue;
    const message = fitMessage(`${quote(patternOf(setting))} is no longer analysed: ${quote(String(setting.value))}`);
    yield {
      side: 'after',
      range: setting.range,
      message,
      ...(READ.test(patternOf(setting)) && !MADE.test(patternOf(setting)) ? {} : { severity: 'medium' as const }),
    };
  }
}

/** Owners that are gone from a pattern, with it or without, and a pattern whose owners are nobody: the last line that fits counts. */
function* disowned({ added, removed, after }: RuleInput): Iterable<FindingDraft> {
  for (const setting of removed.settings) {
    const pattern = patternOf(setting);
    const now = after?.settings.filter((other) => patternOf(other) === pattern).flatMap(ownersOf) ?? [];
    const lost = ownersOf(setting).filter((owner) => !now.includes(owner));
    if (lost.length === 0) continue;
    const message = fitMessage(`${quote(pattern)} is no longer looked at by ${quote(lost.join(' '))}`);
    yield { side: 'before', range: setting.range, severity: 'medium', message };
  }
  for (const setting of added.settings) {
    const isWithout = ownersOf(setting).length === 0 && !/^\^?\[/.test(patternOf(setting));
    if (!isWithout || removed.settings.some((other) => patternOf(other) === patternOf(setting) && ownersOf(other).length > 0)) continue;
    yield { side: 'after', range: setting.range, severity: 'medium', message: fitMessage(`${quote(patternOf(setting))} has no owner`) };
  }
}

/** Teams, people and addresses, up to a remark. */
function ownersOf({ value }: Setting): readonly string[] {
  const words = String(value).split(/\s+/);
  const remark = words.findIndex((word) => word.startsWith('#'));
  return words.slice(0, remark < 0 ? undefined : remark).filter((word) => word.includes('@'));
}

/** As a person would write it: `high.people: 0`, or the line itself. */
function wordsOf({ path, value }: Setting): string {
  return path.length > 1 ? `${path.slice(-2).join('.')}: ${value}` : `${path[0] ?? ''} ${value}`;
}

function patternOf({ path }: Setting): string {
  return path[0] ?? '';
}
