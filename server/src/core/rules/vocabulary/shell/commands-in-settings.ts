import type { Command, Setting, ShellWord } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';
import { changedSettings } from '../settings/settings.ts';

/** Settings that hold a command line: of an image, of a unit of systemd, of a provisioner of Terraform, a step of Atlantis. */
const HOLDS = /^(CMD|ENTRYPOINT|ExecStart|ExecStartPre|ExecStartPost|ExecStop|ExecStopPost|ExecReload|ExecCondition)$/;

/** Commands that such a setting of this hunk runs and did not run before. Quotes and variables are read; substitutions are not. */
export const commandsInSettings = keepOf((input: RuleInput): readonly Command[] =>
  changedSettings(input).flatMap(({ path, before, after }) => {
    const isStep = path.at(-1) === 'run' && /(^|\/)atlantis\.ya?ml$/.test(input.path);
    const isHeld = HOLDS.test(path.at(-1) ?? '') || isProvisioner(path) || isStep;
    if (!isHeld || after === undefined || typeof after.value !== 'string') return [];
    const old = new Set(linesOf(String(before?.value ?? '')));
    return linesOf(after.value).flatMap((line) => (old.has(line) ? [] : (commandOf(line, after) ?? [])));
  }),
);

/** `provisioner "local-exec" { command = … }`, and the lines of `inline`. */
function isProvisioner(path: readonly string[]): boolean {
  return path.some((part) => /^provisioner\.(local|remote)-exec/.test(part)) && path.some((part) => /^(command|inline)$/.test(part));
}

/** The commands of a line, without the shell that is handed them: `sh -c "a && b"`, `["sh", "-c", "a && b"]`. */
function linesOf(value: string): readonly string[] {
  const exec = /^\s*\[/.test(value) ? value.replace(/^\s*\[|\]\s*$/g, '').replace(/"\s*,\s*"/g, '" "') : value;
  const [, , script] = /^\s*"?(?:\/\S*\/)?(?:ba|da|z)?sh"?\s+"?-\w*c"?\s+(["'])(.*)\1\s*$/s.exec(exec) ?? [];
  return (script ?? exec)
    .split(/&&|\|\||[;|\n]/)
    .map((line) =>
      line
        .replace(/^[\s(]*[-@:+!]*/, '')
        .trimEnd()
        .replace(/\)$/, ''),
    )
    .filter((line) => line !== '');
}

function commandOf(line: string, { range, key, scope }: Setting): Command | undefined {
  const all = (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map(wordOf);
  const words = all.slice(handedOn(all.map(({ text }) => text)));
  const first = words[0]?.text ?? '';
  return first === ''
    ? undefined
    : { name: first.slice(first.lastIndexOf('/') + 1), words, written: words.map(({ source }) => source).join(' '), range, key, scope };
}

/** How many words stand before the program: `sudo`, `npx`, `bundle exec`, `poetry run`, a variable that is given to it. */
function handedOn(words: readonly string[]): number {
  let at = 0;
  while (at < words.length - 1) {
    const [word = '', next = ''] = words.slice(at);
    if (/^(sudo|exec|env|nohup|npx|bunx|pnpx|tini|dumb-init|--|--yes|-y|--no-install|\w+=\S*)$/.test(word)) at += 1;
    else if (/^(pnpm|yarn|bun|bundle|poetry|uv|pipenv|pdm|npm(?= [ex])) (exec|dlx|x|run)$/.test(`${word} ${next}`)) at += 2;
    else return at;
  }
  return at;
}

/** An interpolation of Terraform is a variable of the shell by the same words: `${var.work_dir}`. */
function wordOf(source: string): ShellWord {
  const text = source.replace(/["']/g, '').replace(/\$\{([^{}]*)\}/g, (_, name: string) => `\${${name.trim().replace(/\W+/g, '_')}}`);
  const expansions = [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => ({ name, guarded: false }));
  return { source, text, expansions, dynamic: /\$\(|`/.test(text) };
}
