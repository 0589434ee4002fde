import type { Severity } from '../../../model/finding.ts';
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
export function emptiedScript({ path, before, after }: SettingChange): GateJudgement | undefined {
  const script = path[1] ?? '';
  const old = String(before?.value ?? '');
  if (before === undefined || NO_OP.test(old.replace(/^echo .*&& exit 1$/, ''))) return undefined;
  const kind = gateOfName(script) ?? gateKind(old);
  if (after !== undefined) {
    const fresh = String(after.value);
    if (
      kind === undefined ||
      kind === 'build' ||
      /^echo .*(&& )?exit 1/.test(old) ||
      !NO_OP.test(fresh.replace(/\s*&&\s*(exit 0|true)$/, ''))
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
