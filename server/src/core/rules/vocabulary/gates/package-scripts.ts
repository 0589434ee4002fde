import type { Severity } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import type { SettingChange } from '../settings/settings.ts';
import { type GateKind, gateKind, gateOfName, severityOfGate } from './gate-kinds.ts';

/** What is said of a switch or a script by which a gate lost something. */
export interface GateJudgement {
  readonly severity: Severity;
  readonly message: string;
}

const NO_OP = /^(echo\b[^&|;]*|exit 0|true|:|node -e ['"]?['"]?|)$/;

/** `"test": "echo skipped"`, and a check taken from before a publish. */
export function emptiedScript(change: SettingChange, input: RuleInput): GateJudgement | undefined {
  const { path, before, after } = change;
  const script = path[1] ?? '';
  const old = String(before?.value ?? '');
  if (before === undefined || NO_OP.test(old.replace(/^echo .*&& exit 1$/, ''))) return undefined;
  const kind = gateOfName(script) ?? gateKind(old);
  if (after !== undefined) {
    const fresh = String(after.value);
    const lost = NO_OP.test(fresh) ? undefined : lostPart(script, old, fresh, input);
    if (lost !== undefined) return { severity: 'medium', message: `${quote(script, 20)} no longer runs ${quote(lost, 36)}` };
    const unchecked = GATHERS.test(script) ? lostOfGathered(old, fresh) : undefined;
    if (unchecked !== undefined)
      return { severity: severityOfGate(unchecked.kind), message: `${quote(script, 20)} no longer runs ${quote(unchecked.part, 36)}` };
    if (
      kind === undefined ||
      kind === 'build' ||
      /^echo .*(&& )?exit 1/.test(old) ||
      !NO_OP.test(fresh.replace(/(?<!\s)\s*&&\s*(exit 0|true)$/, ''))
    )
      return undefined;
    return { severity: severityOfGate(kind), message: `the script ${quote(script, 20)} does nothing any more: ${quote(fresh, 30)}` };
  }
  const gate = old
    .split('&&')
    .map((part) => gateKind(part.trim()))
    .find((found) => found !== undefined && found !== 'build' && found !== 'lint');
  return /^pre(publish\w*|pack|deploy|release|version|push|commit)$/.test(script) && gate !== undefined
    ? { severity: 'medium', message: `${quote(script, 20)} no longer runs ${quote(old, 36)}` }
    : undefined;
}

const SHIPS = /^(?:pre|post)?(?:publish\w*|pack|deploy|release|version|ship|push|commit)(?::[\w:-]+)?$/;

/** A check that a script which ships ran in front, `npm test && npm publish`, and that nothing of it runs now. */
function lostPart(script: string, old: string, fresh: string, { after }: RuleInput): string | undefined {
  if (!SHIPS.test(script)) return undefined;
  const partsOf = (text: string): readonly string[] => text.split(/&&|;/).map((part) => part.trim());
  const isHard = (part: string): boolean => /^(?:tests|types|security)$/.test(gateKind(part) ?? '');
  const [was, now] = [partsOf(old), partsOf(fresh)];
  const lost = was.find((part) => isHard(part) && !now.includes(part));
  // Another check, or a script of any name, may stand for it.
  if (lost === undefined || now.some((part) => isHard(part) || (!was.includes(part) && RUNS.test(part)))) return undefined;
  const isInFront = after?.settings.some(
    ({ path, value }) =>
      path[0] === 'scripts' && path[1] === `pre${script}` && partsOf(String(value)).some((part) => isHard(part) || RUNS.test(part)),
  );
  return isInFront === true ? undefined : lost;
}

/** Scripts that are nothing but the checks they run. */
const GATHERS = /^(?:ci|checks?|verify|validate|all)(?::[\w-]+)?$/;

/** A check that such a script ran and that none of its words names now: `npm run test` of `turbo run lint build`. */
function lostOfGathered(old: string, fresh: string): { readonly part: string; readonly kind: GateKind } | undefined {
  const now = fresh.split(/[\s&|;,"']+/).filter((word) => /^[\w:@/.*-]+$/.test(word));
  const kinds = new Set(now.flatMap((word) => gateOfName(word) ?? []));
  // A script of an own name, or one for all of them, may run anything.
  const isKnown = (word: string): boolean => RUNNER_WORDS.test(word) || word.startsWith('-') || gateOfName(word) !== undefined;
  if (!now.every(isKnown)) return undefined;
  for (const part of old.split(/&&|;/).map((piece) => piece.trim())) {
    const kind = gateKind(part);
    if (kind !== undefined && /^(?:tests|types|security)$/.test(kind) && !kinds.has(kind)) return { part, kind };
  }
  return undefined;
}

const RUNNER_WORDS =
  /^(?:npm|pnpm|yarn|bun|npx|run|run-[sp]|npm-run-all|turbo|nx|run-many|lerna|build|compile|bundle|generate|codegen|ci|install)$/;

const RUNS = /^(?:npm|pnpm|yarn|bun|npx|run-s|npm-run-all|turbo|nx|lerna|make|node|tsx|zx|\.\/)/;
