import type { EmbeddedLine } from '../language.ts';
import type { Leaf } from './flatten.ts';

/** Keys of manifests whose list is a program with its words; Kubernetes and Compose continue one in the next. */
const PROGRAM_KEYS = /^(command|entrypoint)$/;
const WORD_KEYS = /^(command|entrypoint|args|commandLine)$/;

const SQL_CLIENT = /(^|\/)(psql|mysql|mariadb|cockroach|clickhouse-client|sqlcmd|snowsql)$/;
const SQL_OPTION = /^(-\w*c|--command|-e|--execute|-q|-Q|--query)$/;

/** SQL in `["psql", "-c", "…"]`, also where a `command` and its `args` share it. */
export function isSqlArgument(leaves: readonly Leaf[], at: number): boolean {
  const option = leaves[at - 1];
  const own = leaves[at];
  if (own === undefined || typeof own.value !== 'string' || !SQL_OPTION.test(String(option?.value ?? ''))) return false;
  const container = own.path.slice(0, -2).join('/');
  return leaves
    .slice(Math.max(0, at - 12), at)
    .some((leaf) => SQL_CLIENT.test(String(leaf.value)) && leaf.path.slice(0, -2).join('/') === container);
}

/**
 * The command of each container that is written as a list, `command: ["terraform", "destroy"]` with its `args`, as the lines of
 * a script in which every word stands where it stands in the file. A word that is no plain one is written with `_`.
 */
export function commandsInLists(leaves: readonly Leaf[]): readonly (readonly EmbeddedLine[])[] {
  const groups = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const key = leaf.path.at(-2) ?? '';
    if (!/^\d+$/.test(leaf.path.at(-1) ?? '') || !WORD_KEYS.test(key) || leaf.node?.lines === undefined) continue;
    const container = leaf.path.slice(0, -2).join('/');
    const group = groups.get(container);
    if (group !== undefined) group.push(leaf);
    else if (PROGRAM_KEYS.test(key)) groups.set(container, [leaf]);
  }
  return [...groups.values()].flatMap((group) => {
    const words = group.map((leaf) => leaf.node?.lines?.() ?? []);
    const first = words[0]?.[0];
    if (first === undefined || !/^[\w./-]+$/.test(first.text) || /(^|\/)(ba|z|da|k|c)?sh$/.test(first.text)) return [];
    if (words.some((lines) => lines.length !== 1)) return [];
    const rows: { text: string; line: number; character: number }[] = [];
    for (const [word] of words) {
      if (word === undefined) continue;
      const text = word.text.replace(/\$\((\w+)\)/g, '${$1}').replace(/[^\w@%+=:,./${}-]/g, '_');
      const row = rows.at(-1);
      if (row !== undefined && row.line === word.line) row.text = row.text.padEnd(word.character - row.character) + text;
      else rows.push({ text, line: word.line, character: word.character });
    }
    return [rows.map((row, at) => (at < rows.length - 1 ? { ...row, text: `${row.text} \\` } : row))];
  });
}

/** Modules of Ansible that hand their text to a shell, and playbooks, roles and tasks by their place. */
const SHELL_MODULE = /^(ansible\.(builtin|legacy)\.)?(shell|command|raw)$/;
const ANSIBLE = /(^|\/)(roles|playbooks?|tasks|handlers|ansible)\/.*\.ya?ml$|(^|\/)(site|playbook[\w-]*)\.ya?ml$/;

/** `ansible.builtin.shell: …` and its `cmd:`. */
export function isAnsibleShell({ path: keys }: Leaf, path: string): boolean {
  if (!ANSIBLE.test(path)) return false;
  return SHELL_MODULE.test(keys.at(-1) ?? '') || (keys.at(-1) === 'cmd' && SHELL_MODULE.test(keys.at(-2) ?? ''));
}

/** `{{ disk }}` as a variable of the same length. */
export function neutraliseTemplates(lines: readonly EmbeddedLine[]): readonly EmbeddedLine[] {
  return lines.map((line) =>
    line.text.includes('{{')
      ? { ...line, text: line.text.replace(/\{\{[^{}]*\}\}/g, (whole) => `$_${whole.slice(2).replace(/[^A-Za-z0-9]/g, '_')}`) }
      : line,
  );
}
