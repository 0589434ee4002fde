import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { keepOf } from '../code/kept.ts';

/**
 * The stages of a release as a program lists them, of which only the last one is left: `STEPS = [1, 10, 100]` that is `[100]`, a list of
 * `{ percent: … }` or `Stage(percent=…)` that keeps the one for everybody.
 */
export function* shortenedStages(input: RuleInput): Generator<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  for (const [name, old] of stageLists(before)) {
    const now = stageLists(after).get(name);
    const gone = old?.items.find(({ line }) => holdsLine(hunk.before, line));
    if (old === undefined || now === undefined || gone === undefined || old.items.length < 2 || now.items.length !== 1) continue;
    if (!isEverybody(now.items[0]?.tokens ?? []) || !isRelease(input.path, old)) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', gone.line),
      message: fitMessage(`\`${name}\`: ${old.items.length} stages -> 1`),
    };
  }
}

interface StageList {
  readonly name: string;
  readonly items: readonly { readonly line: number; readonly tokens: readonly string[] }[];
}

const STAGES = /\b(steps?|stages?|waves?|rings?|phases?|ramp|weights|percents|percentages|increments|rollout|canary)$/;

/** Lists that a file binds to such a name, each once; undefined where a name is bound twice. */
const stageLists = keepOf((facts: SourceFacts): ReadonlyMap<string, StageList | undefined> => {
  const { tokens } = facts;
  const found = new Map<string, StageList | undefined>();
  for (let at = 1; at < tokens.length; at += 1) {
    const text = tokens[at]?.text ?? '';
    if (text !== '=' && text !== ':=' && text !== ':') continue;
    const name = text === ':' ? keyAt(tokens, at) : boundName(tokens, at);
    if (name === undefined || !STAGES.test(words(name))) continue;
    const open = opening(tokens, at + 1);
    const items = open === undefined ? [] : itemsFrom(tokens, open);
    if (items.length > 0) found.set(name, found.has(name) ? undefined : { name, items });
  }
  return found;
});

/** The key of an object, which no `for … in STEPS:` is. */
function keyAt(tokens: readonly CodeToken[], colon: number): string | undefined {
  return /^[{,]$/.test(tokens[colon - 2]?.text ?? '') ? tokens[colon - 1]?.text.replace(/^["'`]|["'`]$/g, '') : undefined;
}

/** The name in front of `=`, over the type that may stand between: `STAGES: Final =`, `List<Stage> stages =`. */
function boundName(tokens: readonly CodeToken[], equals: number): string | undefined {
  const line = tokens[equals]?.line;
  const own: string[] = [];
  for (let at = equals - 1; at >= 0 && tokens[at]?.line === line && equals - at < 14; at -= 1) own.unshift(tokens[at]?.text ?? '');
  const colon = own.indexOf(':');
  const name =
    colon > 0 ? own[colon - 1] : own.at(-1) === ']' || own.at(-1) === '}' ? own.find((text) => STAGES.test(words(text))) : own.at(-1);
  return name !== undefined && /^[A-Za-z_$][\w$]*$/.test(name) ? name : own.find((text) => STAGES.test(words(text)));
}

/** The bracket that holds the items: `[`, `(`, `[]Wave{`, `List.of(`, `&[`, `vec![`. */
function opening(tokens: readonly CodeToken[], from: number): number | undefined {
  for (let at = from; at < Math.min(tokens.length, from + 12); at += 1) {
    const text = tokens[at]?.text ?? '';
    const next = tokens[at + 1]?.text ?? '';
    if (/[[({]$/.test(text) && next !== ']') return at;
    if (!/^(new|List|Arrays|asList|of|Object|freeze|tuple|list|vec!?|!|&|\.|\[|\]|\[\]|[A-Z]\w*)$/.test(text)) return undefined;
  }
  return undefined;
}

function itemsFrom(tokens: readonly CodeToken[], open: number): StageList['items'] {
  const items: { line: number; tokens: string[] }[] = [];
  let depth = 0;
  let isNew = true;
  for (let at = open; at < Math.min(tokens.length, open + MOST_TOKENS); at += 1) {
    const { text, line } = tokens[at] ?? { text: '', line: 0 };
    if (/^[\])}]/.test(text)) depth -= 1;
    if (depth === 0 && at > open) return items;
    if (depth === 1 && text === ',') isNew = true;
    else if (at > open) {
      if (isNew) items.push({ line, tokens: [] });
      isNew = false;
      items.at(-1)?.tokens.push(text);
    }
    if (/[[({]$/.test(text)) depth += 1;
  }
  return [];
}

/** Longer lists are no plan that a person wrote. */
const MOST_TOKENS = 600;

function isEverybody(tokens: readonly string[]): boolean {
  return tokens.some((text) =>
    /^(100(\.0+)?|1\.0+|1|["'`](100%?|all|\*|everyone|everybody|global|full|production|prod|ga|stable)["'`])$/i.test(text),
  );
}

/** Its name, its file or what stands in it says that it is about who gets a release, and not about anything in steps. */
function isRelease(path: string, { name, items }: StageList): boolean {
  const text = words(items.flatMap(({ tokens }) => tokens).join(' '));
  return (
    /\b(rollout|roll out|canary|waves?|rings?|ramp|traffic|deploy\w*|release)\b/.test(words(`${name} ${path}`)) ||
    (/\b(percent|percentage|weight|traffic|share)\b/.test(text) &&
      /\b(soak|bake|wait|pause|hold|minutes|region|regions|ring|cohort)\b/.test(text))
  );
}
