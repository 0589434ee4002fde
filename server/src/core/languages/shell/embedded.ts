import type { Command, SourceFacts } from '../../model/facts.ts';
import { draftFacts } from '../facts-draft.ts';
import type { EmbeddedLanguage } from '../language.ts';
import { type LineIndex, linesBetween } from '../positions.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import type { ShellSource } from './commands.ts';

/** Programs that run the SQL they are given, and the option that gives it; null where it is the last argument. */
const SQL_CLIENTS: Readonly<Record<string, RegExp | null>> = {
  psql: /^(-\w*c|--command)$/,
  mysql: /^(-e|--execute)$/,
  mariadb: /^(-e|--execute)$/,
  sqlcmd: /^(-Q|-q)$/,
  clickhouse: /^(-q|--query)$/,
  'clickhouse-client': /^(-q|--query)$/,
  cockroach: /^(-e|--execute)$/,
  snowsql: /^(-q|--query)$/,
  sqlite3: null,
  duckdb: null,
};

/** Programs that hand a script to a shell, and the option that gives it. */
const SCRIPT_OPTIONS: Readonly<Record<string, RegExp>> = {
  su: /^(-\w*c|--command)$/,
  runuser: /^(-\w*c|--command)$/,
  'nix-shell': /^--run$/,
  script: /^-\w*c$/,
  entr: /^-s$/,
};

const SHELLS = /^(ba|z|k|da)?sh$/;

type Walk = ShellSource & { readonly lines: LineIndex };

/** SQL given to a database client, and scripts given to another shell: `psql -c "…"`, `bash -c '…'`. */
export function embedArguments(command: Command, node: SyntaxNode, walk: Walk): SourceFacts {
  const found = embeddedWord(command);
  const argument =
    found === undefined ? undefined : node.children.find((child) => walk.text.slice(child.start, child.end) === found.source);
  if (found === undefined || argument === undefined || !/^["']/.test(found.source)) return draftFacts(found?.language ?? 'sql');
  return walk.embed(found.language, linesBetween(walk.text, argument.start + 1, argument.end - 1, walk.lines), command.scope);
}

/** SQL that a here-doc feeds to a database client, and a script that one feeds to a shell. */
export function embedHeredoc(program: string, body: SyntaxNode, walk: Walk, scope: string): SourceFacts {
  const language: EmbeddedLanguage | undefined = Object.hasOwn(SQL_CLIENTS, program)
    ? 'sql'
    : SHELLS.test(program) || program === 'ssh'
      ? 'shell'
      : undefined;
  return language === undefined
    ? draftFacts('sql')
    : walk.embed(language, linesBetween(walk.text, body.start, body.end, walk.lines), scope);
}

function embeddedWord(command: Command): { readonly language: EmbeddedLanguage; readonly source: string } | undefined {
  const words = command.words;
  if (SHELLS.test(command.name)) {
    const at = words.findIndex((word) => /^-\w*c$/.test(word.text));
    const script = at < 0 ? undefined : words[at + 1];
    return script === undefined ? undefined : { language: 'shell', source: script.source };
  }
  if (/^(ssh|eval|watch)$/.test(command.name)) {
    const last = words.at(-1);
    return last === undefined ? undefined : { language: 'shell', source: last.source };
  }
  if (command.name === 'trap') return words[1] === undefined ? undefined : { language: 'shell', source: words[1].source };
  const handed = Object.hasOwn(SCRIPT_OPTIONS, command.name) ? SCRIPT_OPTIONS[command.name] : undefined;
  if (handed !== undefined) {
    const script = words[words.findIndex((word) => handed.test(word.text)) + 1];
    return script === undefined || script === words[0] ? undefined : { language: 'shell', source: script.source };
  }
  const option = Object.hasOwn(SQL_CLIENTS, command.name) ? SQL_CLIENTS[command.name] : undefined;
  if (option === undefined) return undefined;
  const at = option === null ? words.length - 2 : words.findIndex((word) => option.test(word.text));
  const statement = at < 0 ? undefined : words[at + 1];
  return statement === undefined ? undefined : { language: 'sql', source: statement.source };
}
