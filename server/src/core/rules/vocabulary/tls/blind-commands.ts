import type { Command } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { assignmentOf, isVariableOff } from './blind-settings.ts';

/** Options of curl that take no value and so may stand before `k` in one word. */
const CURL = /^-[fsSLIvigGjlNOpqRJaB0-9#]*k/;

/** `curl -k`, `--insecure-skip-tls-verify` and their kin, and a variable that is given to one command. */
export function isBlindCommand(command: Command): boolean {
  const words = command.words.slice(1).map((word) => word.text);
  const text = words.join(' ');
  if (
    words.some((word) =>
      /^--(insecure-skip-tls-verify|kube-insecure-skip-tls-verify|no-verify-ssl|no-check-certificate|tlsverify=false|tls-verify=false|tls-skip-verify|skip-tls-verify)(=true)?$/.test(
        word,
      ),
    ) ||
    takesUnsigned(command) ||
    givesVariable(command)
  )
    return true;
  if (/\bsslmode=disable\b|--ssl-?mode[ =]disabled\b/i.test(text) && !/localhost|127\.0\.0\.1/.test(text)) return true;
  switch (command.name) {
    case 'curl':
      return words.some((word) => word === '--insecure' || word === '--proxy-insecure' || CURL.test(word));
    case 'wget':
      return words.includes('--no-check-certificate');
    case 'npm':
    case 'pnpm':
    case 'yarn':
      return (
        /(^| )((config )?set (-\S+ )*["']?strict-ssl[ =]|--strict-ssl[ =])["']?false\b/.test(text) || words.includes('--no-strict-ssl')
      );
    case 'http':
    case 'https':
      return /(^| )--verify[ =](no|false)( |$)/.test(text);
    case 'skopeo':
    case 'podman':
    case 'buildah':
      return /--(src-|dest-)?tls-verify=false/.test(text);
    case 'git':
      return /(^| )http\.(\S+\.)?sslverify[ =](false|0|no|off)( |$)/i.test(text);
    default:
      return false;
  }
}

/** `apt-get --allow-unauthenticated`, `dnf --nogpgcheck`: a package manager that no longer asks who made a package. */
export function takesUnsigned({ words }: Command): boolean {
  return words.some(({ text }) =>
    /^--(allow-unauthenticated|nogpgcheck|allow-untrusted|no-gpg-checks?|allow-insecure-repositories|force-yes)(=true)?$/.test(text),
  );
}

/** `env NAME=0 node …` and `docker run -e NAME=0 …`. What the shell itself assigns is a setting and told as one. */
function givesVariable(command: Command): boolean {
  if (/^(export|declare|local|readonly|typeset)$/.test(command.name)) return false;
  const words = command.written.split(' ');
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  return (
    first >= 0 &&
    words.slice(first).some((word) => {
      const variable = assignmentOf(word);
      return variable !== undefined && isVariableOff(variable.name, variable.value);
    })
  );
}

/**
 * Words of this hunk that are put into an array, `opts+=(--insecure)`, and that make a command of the file blind which takes all of it: in
 * which cases they are there is not asked.
 */
export function* blindArrays({ added, before, after }: RuleInput): Generator<{ readonly range: Range; readonly command: Command }> {
  for (const { path, value, range, key } of added.settings) {
    const [name = ''] = path;
    const held = path.length === 1 && typeof value === 'string' ? /^\(([\s\S]*)\)$/.exec(value)?.[1] : undefined;
    if (held === undefined || before?.settings.some((old) => old.key === key) === true) continue;
    const words = held.split(/\s+/).map((text) => ({ source: text, text: text.replace(/["']/g, ''), expansions: [], dynamic: false }));
    const taker = after?.commands.find(
      (command) =>
        command.words.some(({ text }) => text === `\${${name}[@]}`) &&
        isBlindCommand({ ...command, words: [...command.words.slice(0, 1), ...words] }),
    );
    if (taker !== undefined && !isBlindCommand(taker)) yield { range, command: taker };
  }
}
