import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';

/** Effects that run again whenever what they read changes: Vue, Angular, Solid, Svelte, MobX. */
const WATCHERS =
  /^(watchEffect|watchPostEffect|watchSyncEffect|watch|effect|createEffect|createRenderEffect|\$effect|\$effect\.pre|autorun|reaction)$/;

const watchersIn = keepOf((facts: SourceFacts) => facts.calls.filter((call) => call.kind === 'call' && WATCHERS.test(call.callee)));

/** An effect of this hunk that sets, without a condition, what it depends on itself. */
export function* selfFed(input: RuleInput): Iterable<FindingDraft> {
  const { after, before } = input;
  if (after === undefined || !/\.([cm]?[jt]sx?|vue|svelte)$/.test(input.path)) return;
  const old = new Set((before === undefined ? [] : watchersIn(before)).flatMap((call) => fedBy(before, call) ?? []));
  const { start, lines } = input.hunk.after;
  for (const call of watchersIn(after)) {
    const fed = fedBy(after, call);
    const overlaps = call.range.start.line < start + lines && endOf(after, call) >= start;
    if (fed === undefined || !overlaps || old.has(fed)) continue;
    const first = Math.max(call.range.start.line, start);
    const text = input.hunk.added[first - start] ?? '';
    const range = {
      start: { line: first, character: Math.max(0, text.search(/\S/)) },
      end: { line: first, character: text.trimEnd().length },
    };
    yield {
      side: 'after',
      range,
      message: fitMessage(`the effect sets \`${shorten(fed, 26)}\`, which it depends on, without a condition`),
    };
  }
}

/** The state that an effect both depends on and sets. */
function fedBy(facts: SourceFacts | undefined, call: Call): string | undefined {
  if (facts === undefined) return undefined;
  const { start } = call.range;
  const last = endOf(facts, call);
  const isInside = (line: number): boolean => start.line <= line && line <= last;
  if ([...facts.conditions, ...facts.guards].some(({ range }) => isInside(range.start.line))) return undefined;
  const code = facts.tokens
    .filter(({ line }) => isInside(line))
    .map(({ text }) => text)
    .join(' ');
  if (/\b(untrack|untracked|nextTick|toRaw|stop|onCleanup \( stop)\b|\bonce : true/.test(code)) return undefined;
  const own = lastName(call.callee);
  // What `watch` and `reaction` depend on stands before their function.
  const cut = /^(watch|reaction)$/.test(own) ? sourceOf(code) : undefined;
  const [reads, does] = cut ?? [code, code];
  const written = [
    ...[...does.matchAll(/(?<![\w$.] )(?<![\w$])([A-Za-z_$][\w$]*) \. value (?:=|\+=|-=|\+\+|\|\|=)(?!=)/g)].map((match) => ({
      name: match[1] ?? '',
      read: `${match[1]} . value`,
    })),
    ...[...does.matchAll(/(?<![\w$])([A-Za-z_$][\w$]*) \. (?:set|update) \(/g)].map((match) => ({
      name: match[1] ?? '',
      read: `${match[1]} ( )`,
    })),
    ...[...does.matchAll(/(?<![\w$.])set([A-Z][\w$]*) \(/g)].map((match) => {
      const name = `${(match[1] ?? '').charAt(0).toLowerCase()}${(match[1] ?? '').slice(1)}`;
      return { name, read: `${name} ( )` };
    }),
    // A rune of Svelte is read and set by its plain name.
    ...(call.callee.startsWith('$effect')
      ? runesOf(facts).flatMap((name) => (isSetAndRead(does, name) ? [{ name, read: ` ${name}` }] : []))
      : []),
  ];
  return written.find(({ read }) => {
    // Each assignment names it once; once more is a read.
    const counted = reads.split(read).length - 1;
    const assigned = reads.split(`${read} =`).length - reads.split(`${read} = =`).length;
    return cut === undefined
      ? counted > assigned
      : counted > 0 || new RegExp(`^\\( ?(?:\\[(?:[^\\]]* )?)?${escaped(read.split(' ')[0] ?? '')} ?[,\\]]`).test(reads);
  })?.name;
}

/** `let ships = $state([])`. */
const runesOf = keepOf((facts: SourceFacts): readonly string[] => {
  const { tokens } = facts;
  return tokens.flatMap(({ text, line }, at) => {
    if (text !== '$state' && text !== '$state.raw') return [];
    const declared = tokens.slice(Math.max(0, at - 16), at).findLast((token) => /^(let|const)$/.test(token.text) && token.line === line);
    const name = declared === undefined ? undefined : tokens[tokens.indexOf(declared) + 1]?.text;
    return name === undefined ? [] : [name];
  });
});

function isSetAndRead(code: string, name: string): boolean {
  const words = code.split(' ');
  const isSet = (at: number): boolean => words[at + 1] === '=';
  const named = words.flatMap((word, at) => (word === name ? [at] : []));
  return named.some((at) => isSet(at) || words[at + 1] === '+=') && named.some((at) => !isSet(at));
}

/** The last line of a call with all that is handed to it. */
function endOf({ tokens }: SourceFacts, { range }: Call): number {
  let depth = 0;
  for (const { text, line } of tokens) {
    if (line < range.start.line) continue;
    if (text === '(') depth += 1;
    if (text === ')') {
      depth -= 1;
      if (depth === 0) return line;
    }
  }
  return range.end.line;
}

/** The first argument of a call, and the rest of it. */
function sourceOf(code: string): readonly [string, string] | undefined {
  const open = code.indexOf('(');
  let depth = 0;
  for (let at = open; at >= 0 && at < code.length; at += 1) {
    const sign = code[at] ?? '';
    if (/[([{]/.test(sign)) depth += 1;
    else if (/[)\]}]/.test(sign)) depth -= 1;
    else if (sign === ',' && depth === 1) return [code.slice(open, at + 1), code.slice(at + 1)];
  }
  return undefined;
}
