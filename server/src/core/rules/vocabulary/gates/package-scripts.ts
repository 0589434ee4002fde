import type { Severity } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import type { SettingChange } from '../settings/settings.ts';
import { gateKind, gateOfName, severityOfGate } from './gate-kinds.ts';

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

const RUNS = /^(?:npm|pnpm|yarn|bun|npx|run-s|npm-run-all|turbo|nx|lerna|make|node|tsx|zx|\.\/)/;
