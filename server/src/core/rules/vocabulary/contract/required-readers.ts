import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';

const READS = /(^|[.:])(LookupEnv|Getenv|getenv|var|environ\.get|getProperty|environ\.__getitem__)$/;
const STOPS =
  /^(panic|panic!|log\.(Fatal|Fatalf|Fatalln|Panic\w*)|os\.Exit|sys\.exit|process\.exit|System\.exit|exit|fail|die|abort)$|(^|\.)(orElseThrow|requireNonNull|expect|unwrap|unwrap_or_else)$/;

/** Functions of a file that read the variable they are given and stop where there is none. */
export const requirersIn = keepOf((facts: SourceFacts): ReadonlySet<string> => {
  const found = new Set<string>();
  const readers = facts.calls.filter((call) => READS.test(call.callee) && literal(call.args[0]) === undefined);
  if (readers.length === 0 && !facts.tokens.some(({ text }) => text.includes('env') || text.includes('ENV'))) return found;
  for (const { name, kind, parameters, range } of facts.symbols) {
    if (parameters.length === 0 || !/^(function|method|variable)$/.test(kind)) continue;
    const given = new Set(parameters.map((parameter) => parameter.name));
    const place = facts.scopes.find((scope) => scope.name === name);
    const code = tokensOn(facts, place?.startLine ?? range.start.line, place?.endLine ?? range.end.line)
      .map(({ text }) => text)
      .join(' ');
    const reads =
      readers.some((call) => within(call.scope, name) && given.has(call.args[0] ?? '')) ||
      [...given].some(
        (parameter) =>
          /^\w+$/.test(parameter) && new RegExp(`\\b(?:process \\. env|environ|Deno \\. env|ENV) \\[ ${escaped(parameter)} \\]`).test(code),
      );
    if (!reads) continue;
    const stops =
      facts.guards.some((guard) => within(guard.scope, name) && guard.exit === 'throw') ||
      facts.calls.some((call) => within(call.scope, name) && STOPS.test(call.callee)) ||
      /\b(throw|raise)\b/.test(code) ||
      /\benviron \[/.test(code);
    // A second parameter is what is taken where nothing is given.
    const isDefaulted = parameters.some((parameter, at) => at > 0 && /default|fallback|def$|orElse/i.test(parameter.name));
    if (stops && !isDefaulted) found.add(lastName(name));
  }
  return found;
});

/** A value that a template of a chart does not render without, or reads under another name, while the values files were left. */
export function* chartKeys(input: RuleInput): Iterable<FindingDraft> {
  const root = /^(.*?)templates\//.exec(input.path)?.[1];
  if (root === undefined || input.before === undefined || input.after === undefined) return;
  const { start, lines } = input.hunk.after;
  const old = expressionsOf(input.before.tokens);
  const now = expressionsOf(input.after.tokens);
  const gone = valuesGone(old, now);
  let files: readonly RepoPath[] | undefined;
  for (const { text, line } of tokensOn(input.after, start, start + lines - 1)) {
    if (!text.startsWith('{{')) continue;
    const required =
      /\brequired\s+(?:"[^"]*"|'[^']*'|`[^`]*`)\s+(?:\(\s*)?\.Values\.([\w.]+)/.exec(text)?.[1] ??
      /\.Values\.([\w.]+)\s*\|\s*required\b/.exec(text)?.[1];
    const read = required ?? (/\|\s*default\b|\bdefault\s/.test(text) ? undefined : /\.Values\.([\w.]+)/.exec(text)?.[1]);
    if (read === undefined) continue;
    const key = read.split('.');
    if (required === undefined ? readsWithin(old, read) : requiredIn(old).has(read)) continue;
    const gives = (path: RepoPath, wanted: readonly string[]): boolean =>
      input
        .factsAt('after', path)
        ?.settings.some((setting) => setting.path.join('.') === wanted.join('.') && setting.value !== null && setting.value !== '') ===
      true;
    files ??= valuesFiles(input, root as RepoPath);
    if (files.some((path) => gives(path, key))) continue;
    const stale = files.filter((path) => gone.some((other) => gives(path, other.split('.'))));
    // A value that is read under another name is one more that renders empty only where somebody still gives the old one.
    if (required === undefined && stale.length === 0) continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(
        `\`${shorten(`.Values.${read}`, 34)}\` ${required === undefined ? 'is read now' : 'is now required'}, and no values file gives it`,
      ),
      severity: 'high',
      related: stale.slice(0, 10).map((path) => ({ path, line: 1, message: `gives ${gone[0] ?? 'the old name'}` })),
    };
  }
}

const expressionsOf = keepOf((tokens: SourceFacts['tokens']): readonly string[] =>
  tokens.flatMap(({ text }) => (text.startsWith('{{') ? [text] : [])),
);

const valuesIn = keepOf(
  (expressions: readonly string[]): ReadonlySet<string> =>
    new Set(expressions.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]+)/g)].map((match) => match[1] ?? ''))),
);

/** The value itself, or some of what is below it: a branch that is handed on whole is read further down. */
function readsWithin(expressions: readonly string[], name: string): boolean {
  return [...valuesIn(expressions)].some((other) => other === name || other.startsWith(`${name}.`));
}

const requiredIn = keepOf(
  (expressions: readonly string[]): ReadonlySet<string> => valuesIn(expressions.filter((text) => /\brequired\b/.test(text))),
);

const valuesGone = keepOfBoth((old: readonly string[], now: readonly string[]): readonly string[] =>
  [...valuesIn(old)].filter((name) => !valuesIn(now).has(name)),
);

/** The chart's own values, and files that give some of the same keys for one place. */
function valuesFiles({ trees, path }: RuleInput, root: RepoPath): readonly RepoPath[] {
  const name = root.split('/').filter(Boolean).at(-1) ?? '';
  return trees.after
    .paths()
    .filter((other) => other !== path && /\.ya?ml$/.test(other) && !/\/templates\/|(^|\/)(node_modules|\.github)\//.test(other))
    .filter(
      (other) => other.startsWith(`${root}values`) || /(^|\/)values[^/]*\.ya?ml$/.test(other) || (name !== '' && other.includes(name)),
    )
    .slice(0, 20);
}
