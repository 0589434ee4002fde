import type { CodeToken, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';

/** A function that decides about the origin of a request and has no name of its own to compare it with. */
export interface OpenDecider {
  /** The option it is given to: `AllowOriginFunc`. */
  readonly name: string;
  /** On the after side, inside the hunk. */
  readonly range: Range;
}

/**
 * Functions given to `AllowOriginFunc`, `origin`, `CheckOrigin` and their like that this hunk brings or changes, and that say yes
 * to each origin or to all of one scheme: `return u.Scheme == "https" && u.Host != ""`. One that asked no more before is no news.
 */
export function openDeciders(input: RuleInput): readonly OpenDecider[] {
  const { before, after, hunk } = input;
  const [from, to] = [hunk.after.start, hunk.after.start + hunk.after.lines - 1];
  return (after?.options ?? []).flatMap((option) => {
    const code = isDecided(option) ? deciderOf(input, after, option) : undefined;
    if (code === undefined || !isOpen(code.tokens)) return [];
    const touched = code.isHere ? code.tokens.filter(({ line }) => from <= line && line <= to) : [];
    // A new function of this file is told of where it stands, and not once more where it is given.
    const isTold = code.isHere && option.value !== 'fn' && bodyOf(before, lastName(option.value)) === undefined;
    if (touched.length === 0 && (isTold || !input.added.options.includes(option))) return [];
    const was = before?.options.some((old) => {
      const decided = old.name === option.name ? deciderOf(input, before, old) : undefined;
      return decided !== undefined && isOpen(decided.tokens);
    });
    const place = touched.findLast(({ text }) => /^(return|=>|true|True)$/.test(text))?.line ?? touched[0]?.line;
    return was === true ? [] : [{ name: option.name, range: place === undefined ? option.range : rangeOfLine(input, 'after', place) }];
  });
}

const DECIDES =
  /^(AllowOriginFunc|AllowOriginsFunc|AllowOriginRequestFunc|AllowOriginVaryRequestFunc|AllowOriginWithContextFunc|SetIsOriginAllowed|CheckOrigin|checkOrigin|allowed_origin_fn|allow_origin_func|isOriginAllowed|originFunction)$/;

function isDecided({ name, value, callee }: Option): boolean {
  return (
    (DECIDES.test(name) || (name === 'origin' && /cors/i.test(callee))) &&
    /^(fn|[A-Za-z_$][\w$]*((\.|::)[A-Za-z_$][\w$]*)*)$/.test(value) &&
    !/^(true|false|null|undefined|nil)$/.test(value)
  );
}

interface Code {
  readonly tokens: readonly CodeToken[];
  /** It stands in the file of the hunk. */
  readonly isHere: boolean;
}

/** More files than this that speak of a function say that its name is a common one. */
const MOST_FILES = 8;

function deciderOf(input: RuleInput, facts: SourceFacts | undefined, option: Option): Code | undefined {
  if (facts === undefined) return undefined;
  if (option.value === 'fn') return { tokens: writtenThere(facts, option), isHere: true };
  const name = lastName(option.value);
  const own = bodyOf(facts, name);
  if (own !== undefined) return { tokens: own, isHere: true };
  const side = facts === input.before ? 'before' : 'after';
  const extension = input.path.slice(input.path.lastIndexOf('.')) as `.${string}`;
  const others = input.trees[side].mentioning(name, [extension]).filter((path) => path !== input.path);
  const bodies = others.length > MOST_FILES ? [] : others.flatMap((path) => [bodyOf(input.factsAt(side, path), name)]);
  const [found, ...more] = bodies.filter((body) => body !== undefined);
  return found === undefined || more.length > 0 ? undefined : { tokens: found, isHere: false };
}

function bodyOf(facts: SourceFacts | undefined, name: string): readonly CodeToken[] | undefined {
  const place = facts?.scopes.find((scope) => lastName(scope.name) === name);
  return place === undefined ? undefined : tokensOn(facts, place.startLine, place.endLine);
}

/** The function that stands behind the option's name, to the comma or the bracket that ends it. */
function writtenThere(facts: SourceFacts, { name, range }: Option): readonly CodeToken[] {
  const tokens = tokensOn(facts, range.start.line, range.start.line + LONGEST);
  const start = tokens.findIndex(({ text }) => text === name) + 1;
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const text = tokens[at]?.text ?? '';
    const ends = depth === 0 && at > start + 1 && (/^[,;]$/.test(text) || (text === '.' && facts.language === 'rust'));
    if (/^[([{]$/.test(text)) depth += 1;
    else if (/^[)\]}]$/.test(text)) depth -= 1;
    if (ends || depth < 0) return tokens.slice(start, at);
  }
  return [];
}

/** Lines of a function that is written where it is given. */
const LONGEST = 40;

/** It says yes somewhere, and asks nothing of the origin but its scheme, or that there is one. */
function isOpen(tokens: readonly CodeToken[]): boolean {
  if (tokens.length === 0) return false;
  const asked = tokens
    .slice(headOf(tokens))
    .map(({ text }) => text)
    .join(' ');
  const given = tokens.slice(0, headOf(tokens)).find(({ text }) => /^(?!async$)[A-Za-z_$][\w$]*$/.test(text));
  if (given !== undefined && ECHOES.exec(asked)?.[1] === given.text) return true;
  const left = asked.replace(ASKS_NOBODY, ' YES ');
  const saysYes = /\b(true|True|YES)\b/.test(left) && (asked !== left || /return true|=> true|\| true|, true \)|^ ?true$/.test(asked));
  return saysYes && !ASKS.test(left) && !CALLS.test(left);
}

/** Gives the origin back as the one to let in, whoever it is: `(origin) => origin`, `(o) => { return o ?? '*' }`. */
const ECHOES = /^=> (?:\{ return )?([A-Za-z_$][\w$]*)(?: (?:\?\?|\|\|) ["'`][^"'`]*["'`])?(?: ;)?(?: \})?$/;

/** How many tokens stand before the body: a name, parameters and their types. */
function headOf(tokens: readonly CodeToken[]): number {
  const texts = tokens.slice(0, LONGEST * 2).map(({ text }) => text);
  const bars = texts.indexOf('|');
  if (bars >= 0 && bars <= 2) return texts.indexOf('|', bars + 1) + 1;
  const isBody = (text: string, at: number): boolean =>
    text === '=>' || (text === '{' && !/^[(,]$/.test(texts[at - 1] ?? '')) || (text === ':' && texts[0] === 'def' && texts[at - 1] === ')');
  return Math.max(0, texts.findIndex(isBody));
}

/** Of a scheme, of being there at all, and of having gone wrong. */
const ASKS_NOBODY =
  /(?:===?|!==?) (?:["'`](?:https?:?)?["'`]|nil|null|None|undefined|0)(?![\w.])|> 0\b|["']https?:?["'] ===? |(?:HasPrefix|startsWith|startswith|starts_with) \( (?:\w+ , )?b?["'`]https?:?(?:\/\/)?["'`]/g;

/** Whatever is compared, looked up or named beyond that. */
const ASKS =
  /[=!]==? |\bin \b|\brange\b|\b(?:for|while|match|switch)\b|\w \[ |["'`][^"'`]*(?:\.\w|:\/\/.)|allow(?!Origin)|allow_?list|trusted|known|permitted|whitelist|domains?\b|suffix|pattern|regex/i;

/** Calls but those that read the origin or say what was found. */
const CALLS =
  /\b(?!(?:if|return|func|function|fn|async|URL|parse|Parse|ParseRequestURI|urlparse|len|Get|get|headers?|create|trim|TrimSpace|toLowerCase|ToLower|toString|String|str|Boolean|bool|HasPrefix|startsWith|startswith|starts_with|as_bytes|as_str|to_str|is_empty|is_some|cb|callback|next|done|Error|New|Errorf|resolve|info|warn|debug|error|log)\b)[A-Za-z_]\w* \(/;
