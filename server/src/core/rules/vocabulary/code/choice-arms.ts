import type { SourceFacts } from '../../../model/facts.ts';
import { closingFrom, splitSource } from './argument-text.ts';
import { tokensOn } from './code-text.ts';
import { escaped } from './literal-patterns.ts';

/** One way out of a choice. Texts are code with one space between tokens; a string is shown as `'s'`, an empty one as `''`. */
export interface Arm {
  /** What the value must be, `1 ..= MAX`, or, where the choice is about nothing, what must hold; empty for what is none of the others. */
  readonly pattern: string;
  /** What must hold besides: `n > MAX` of `n if n > MAX`, about the value itself. */
  readonly condition: string;
  readonly body: string;
}

/** A `match` or a `switch`. */
export interface Choice {
  /** The value that is asked; empty for `switch (true)`. */
  readonly subject: string;
  /** In the order in which they are asked. */
  readonly arms: readonly Arm[];
}

/** The choices of a function, in the languages that have them: `match` of Rust and Python, `switch` of Go, Java and TypeScript. */
export function choicesIn(facts: SourceFacts, scope: string): readonly Choice[] {
  const head = HEADS[facts.language];
  const place = facts.scopes.find(({ name }) => name === scope);
  if (head === undefined || place === undefined) return [];
  const tokens = tokensOn(facts, place.startLine, place.endLine);
  if (!tokens.some((token) => /^(?:match|switch)$/.test(token.text))) return [];
  const text = tokens.map((token) => shown(token.text)).join(' ');
  return [...text.matchAll(head)].map((found) => {
    const [all, written = ''] = found;
    const from = found.index + all.length;
    const body = text.slice(from, closingFrom(text, from));
    // `switch n := len(rows); {` names what its cases ask.
    const [, name = '', value = ''] = /^(\w+) := (.+?) ;(?: \w+)?$/.exec(written.trim()) ?? [];
    const subject = name === '' ? written.trim() : '';
    const arms = facts.language === 'rust' ? rustArms(body) : caseArms(body);
    return {
      subject: subject === 'true' ? '' : subject,
      arms: arms.flatMap((arm) => guarded(arm, name === '' ? [] : [[name, value]], subject)),
    };
  });
}

function shown(token: string): string {
  const quoted = /^[A-Za-z]{0,3}(["'`])/.exec(token);
  if (quoted === null) return token;
  return token.slice(quoted[0].length).replaceAll(quoted[1] ?? '', '') === '' ? "''" : "'s'";
}

const HEADS: Readonly<Record<string, RegExp>> = {
  rust: /\bmatch ([^{};]{1,160}) \{ /g,
  go: /\bswitch ((?:[^{};]{1,120};?){0,2})\{ /g,
  typescript: /\bswitch \( ([^{};]{1,160}) \) \{ /g,
  java: /\bswitch \( ([^{};]{1,160}) \) \{ /g,
  python: /\bmatch ([^{};:]{1,160}) : \{ (?=case )/g,
};

interface Written {
  readonly pattern: string;
  readonly body: string;
}

function rustArms(text: string): readonly Written[] {
  return splitSource(text.replace(/ \} (?=[^ ,;)}.?])/g, ' } , '), ',').flatMap((arm) => {
    const at = arm.indexOf('=>');
    return at < 0 ? [] : [{ pattern: arm.slice(0, at).trim().replace(/^_$/, ''), body: arm.slice(at + 2).trim() }];
  });
}

/** `case 0 : …`, `case A , B -> …`, `default : …`, each up to the next one that stands in no bracket. */
function caseArms(text: string): readonly Written[] {
  const arms: Written[] = [];
  const starts: number[] = [];
  let depth = 0;
  const words = text.split(' ');
  for (const [at, word] of words.entries()) {
    if (/^[([{]$/.test(word)) depth += 1;
    if (/^[)\]}]$/.test(word)) depth -= 1;
    if (depth < 0) break;
    if (depth === 0 && /^(?:case|default)$/.test(word)) starts.push(at);
  }
  for (const [at, from] of starts.entries()) {
    const own = words.slice(from, starts[at + 1]);
    const arrow = own.findIndex((word, index) => index > 0 && /^(?::|->)$/.test(word) && balanced(own.slice(1, index)));
    if (arrow < 0) continue;
    const pattern = own[0] === 'default' ? '' : own.slice(1, arrow).join(' ').replace(/^_$/, '');
    arms.push({
      pattern,
      body: own
        .slice(arrow + 1)
        .join(' ')
        .trim(),
    });
  }
  // What runs on into the next arm does what that one does.
  return arms.map((arm, at) => (arm.body === '' ? { ...arm, body: arms.slice(at).find(({ body }) => body !== '')?.body ?? '' } : arm));
}

function balanced(words: readonly string[]): boolean {
  return words.filter((word) => /^[([{]$/.test(word)).length === words.filter((word) => /^[)\]}]$/.test(word)).length;
}

/** An arm with its condition by itself, in the words of the value that it is about: one for each pattern of a list. */
function guarded({ pattern, body }: Written, named: readonly (readonly [string, string])[], subject: string): readonly Arm[] {
  const [, head = pattern, condition = ''] = /^(.*?) (?:if|when) (.*)$/.exec(pattern) ?? [];
  // `n`, `Integer n`, `n @ 1..=5` bind the value.
  const [, bound = ''] = /^(?:[A-Z][\w.]* )?([a-z]\w*)(?: @ .*)?$/.exec(head) ?? [];
  const names = [...named, ...(bound === '' || subject === '' ? [] : [[bound, subject] as const])];
  const inWords = (text: string): string =>
    names.reduce((all, [name, value]) => all.replace(new RegExp(`(?<![\\w.] ?)${escaped(name)}(?!\\w)`, 'g'), value), text);
  const plain = /^(?:[A-Z][\w.]* )?[a-z]\w*$/.test(head) && subject !== '' ? '' : head.replace(/^\w{1,40} @ /, '');
  return splitSource(plain, ',')
    .concat(plain === '' ? [''] : [])
    .map((each) => ({ pattern: inWords(each), condition: inWords(condition), body }));
}
