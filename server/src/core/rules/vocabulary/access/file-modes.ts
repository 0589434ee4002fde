import type { Call, Command, Fact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/**
 * Files that everybody may write: `chmod -R 777`, `os.chmod(path, 0o777)`, `defaultMode: 0777`; and a mode that kept others out and
 * lets them read. A sticky folder, what the process's own mask narrows, and what already stood so are left out.
 */
export function* loosenedModes(input: RuleInput): Iterable<FindingDraft> {
  const { added, removed, before } = input;
  const stood = (mode: string, facts: readonly Fact[] | undefined): boolean => facts?.some(({ key }) => key.includes(mode)) === true;
  for (const command of added.commands) {
    const mode = modeOfCommand(command);
    if (mode === undefined || !letsWrite(mode, command.name === 'umask') || /(^|["' ])\/(?:var\/)?tmp\b/.test(command.written)) continue;
    if (stood(command.written, before?.commands)) continue;
    yield draft(command, `${quote(command.written, 44)}: everybody may write there`);
  }
  for (const call of added.calls) {
    const mode = modeOfCall(call);
    if (mode === undefined) {
      const kept =
        TAKES_MODE.test(lastName(call.callee)) && SECRET_FILE.test(words(`${call.args.slice(0, 2).join(' ')} ${call.scope} ${input.path}`))
          ? narrowModeOf(call, removed.calls)
          : undefined;
      if (kept !== undefined) yield draft(call, `${quote(call.callee, 30)}: without ${kept} others may read it`);
      continue;
    }
    if (SETS_MODE.test(lastName(call.callee)) && letsWrite(mode)) {
      yield draft(call, `${quote(mode, 30)}: everybody may write what ${quote(call.callee, 30)} is given`);
      continue;
    }
    const old = removed.calls
      .filter((other) => other.callee === call.callee && other.scope === call.scope && other.args[0] === call.args[0])
      .flatMap((other) => modeOfCall(other) ?? [])
      .find((other) => !letsRead(other));
    if (old !== undefined && letsRead(mode)) yield draft(call, `${quote(call.callee, 30)}: ${old} -> ${mode}, others may read it`);
  }
  for (const change of changedSettings(input)) {
    const name = change.path.at(-1) ?? '';
    const value = String(change.after?.value ?? '');
    const mode = name === 'COPY' || name === 'ADD' ? (/--chmod=(\w+)/.exec(value)?.[1] ?? '') : value;
    const isMode =
      /^(?:defaultMode|default_mode|mode|file_?mode|dir(?:ectory)?_?mode|file_permission|directory_permission|permissions|COPY|ADD)$/i.test(
        name,
      );
    // A number in JSON is decimal: 511 is 0777, 438 is 0666.
    if (!isMode || change.after === undefined || change.before?.value === change.after.value) continue;
    if (!/^(?:0o?)?[0-7]{3,4}$|^[ugoa,+=rwxXst-]{3,}$/.test(mode) || !letsWrite(mode === '511' || mode === '438' ? '0777' : mode)) continue;
    yield { ...placeOf(change), severity: 'high', message: fitMessage(`${quote(name)}: ${mode} lets everybody write`) };
  }
}

/** What the same call was told, where that kept others from reading. */
function narrowModeOf(call: Call, removed: readonly Call[]): string | undefined {
  return removed
    .filter((other) => other.callee === call.callee && other.scope === call.scope && other.args[0] === call.args[0])
    .flatMap((other) => modeOfCall(other) ?? [])
    .find((mode) => !letsRead(mode));
}

const SECRET_FILE =
  /\b(?:key|keys|pem|secret|secrets|token|tokens|credential|credentials|cert|certs|password|passwords|kubeconfig|netrc|private|id rsa|keystore|session|cookie)\b/;

function draft({ range }: Fact, what: string): FindingDraft {
  return { side: 'after', range, severity: 'high', message: fitMessage(what) };
}

/** Calls that set a mode whatever the mask of the process says. */
const SETS_MODE = /^(?:chmod|chmodSync|fchmod|fchmodSync|lchmod|Chmod|setPosixFilePermissions|set_permissions|from_mode|chmod_R)$/;
const TAKES_MODE =
  /^(?:writeFile|writeFileSync|open|openSync|WriteFile|OpenFile|appendFile|appendFileSync|mkdir|mkdirSync|MkdirAll|Mkdir|makedirs|mknod)$/;

function modeOfCommand({ name, words }: Command): string | undefined {
  const plain = words.slice(1).map(({ text }) => text);
  if (name === 'chmod' || name === 'umask') return plain.find((word) => !/^-[A-Za-z]|^--/.test(word) || /^-[rwx]+$/.test(word));
  const at = plain.findIndex((word) => word === '-m' || word === '--mode');
  return /^(?:install|mkdir)$/.test(name) && at >= 0 ? plain[at + 1] : undefined;
}

function modeOfCall({ callee, args }: Call): string | undefined {
  const name = lastName(callee);
  if (!SETS_MODE.test(name) && !TAKES_MODE.test(name)) return undefined;
  const said = args
    .map((argument) => /^\{.*\bmode: (0o?[0-7]{3,4})\b.*\}$|^mode=(0o?[0-7]{3,4})$/.exec(argument))
    .find((match) => match !== null);
  return said?.[1] ?? said?.[2] ?? args.find((argument) => MODE.test(argument));
}

const MODE =
  /^0o?[0-7]{3,4}$|\bS_I[RW](?:WX|W)?(?:O|OTH|USR|GRP)?\b|\bPosixFilePermission|^['"][r-][w-][xst-]{1,2}[rwxst-]*['"]$|PERMS_\w+/;

/** The last digit of an octal mode, and `o+w`, `a=rwx`; of a mask, what it leaves open. */
function letsWrite(mode: string, isMask = false): boolean {
  const digits = /^(?:0o?)?([0-7]{1,4})$/.exec(mode)?.[1];
  if (isMask) return digits !== undefined && (Number(digits.at(-1)) & 2) === 0;
  if (digits !== undefined && digits.length >= 3)
    return (Number(digits.at(-1)) & 2) !== 0 && !(digits.length === 4 && (Number(digits[0]) & 1) !== 0);
  if (/\bS_I(?:RWXO|WOTH)\b|OTHERS_WRITE/.test(mode)) return true;
  const nine = /['"]([rwxst-]{9})['"]/.exec(mode)?.[1];
  if (nine !== undefined) return nine[7] === 'w';
  return mode.split(',').some((part) => /^[ug]*[oa][ugoa]*[+=][rxX]*w/.test(part));
}

function letsRead(mode: string): boolean {
  const digit = /^0o?[0-7]*([0-7])$/.exec(mode)?.[1];
  return digit !== undefined ? (Number(digit) & 4) !== 0 : /\bS_I(?:RWXO|ROTH)\b|OTHERS_READ/.test(mode) || /['"][rwx-]{6}r/.test(mode);
}
