import type { Call, Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { literal } from '../code/call-names.ts';

/** A download in a pipe to a shell. */
export const PIPED = /(?:^|["'`\s])(curl|wget)\s[^|]{1,400}\|\s*(sudo\s+(-\S+\s+)?)?(env\s+)?((ba|z|da)?sh|python3?|node|perl)\b/;
/** The same of PowerShell. */
const INVOKED =
  /\b(iwr|irm|curl|Invoke-WebRequest|Invoke-RestMethod)\b[^|\n]{1,300}\|\s*(iex|Invoke-Expression)\b|\b(iex|Invoke-Expression)\b[^\n]{0,80}\b(DownloadString|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b/i;
/** Settings whose text a machine runs. */
const RUN =
  /^(run|script|user_?data\w*|metadata_startup_script|startup-?script|startup_script|custom_?data|inline|command|bootstrap\w*|on_?create|UserData)$/i;

/** Scripts that stand as text in a setting, which no language reads: the first start of a machine, a step of PowerShell. */
export function* downloadsInTexts({ added, before }: RuleInput): Generator<FindingDraft> {
  for (const { path, value, range } of added.settings) {
    const name = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
    if (typeof value !== 'string' || !RUN.test(name)) continue;
    const found = INVOKED.exec(value) ?? PIPED.exec(value);
    if (found === null || before?.settings.some((old) => typeof old.value === 'string' && old.value.includes(found[0])) === true) continue;
    // A step that is read as commands is told as one.
    if (added.commands.some((command) => command.range.start.line >= range.start.line && command.range.end.line <= range.end.line))
      continue;
    yield { side: 'after', range, message: fitMessage(`pipes a download into a shell: ${quote(found[0].trim(), 40)}`) };
  }
}

/** `kubectl apply -f https://…` from a branch: what it answers is what the cluster runs. A version or a commit in the address stays. */
export function appliedAddress(command: Command): string | undefined {
  if (!/^(kubectl|oc)\b.* (apply|create|replace)\b/.test(command.written)) return undefined;
  const address = command.words.find(
    ({ text }, at) => /^https:\/\//.test(text) && /^(-f|--filename)$/.test(command.words[at - 1]?.text ?? ''),
  );
  if (address === undefined || !/\/(main|master|latest|develop|HEAD|trunk)\//.test(address.text)) return undefined;
  return `${quote(command.name)} applies what an address answers: ${quote(address.text, 40)}`;
}

/** `import('https://…')` without a version: whatever answers there tomorrow runs in the program. */
export function importedAddress({ callee, args }: Call): string | undefined {
  const address = callee === 'import' ? literal(args[0]) : undefined;
  if (address === undefined || !/^https?:\/\//.test(address) || /@v?\d+\.\d+|\/v?\d+\.\d+\.\d+\/|[@/#][0-9a-f]{40}\b/.test(address))
    return undefined;
  return `runs what an address answers: ${quote(address, 40)}`;
}
