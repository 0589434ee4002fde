import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedLines, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** An answer that was taken for yes only where it said so. */
export interface LoosenedWord {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/**
 * `allowed === true` that became `allowed !== false`, so that no answer is a yes; and a host or an origin that had to be in a list
 * and only ends like one of it now.
 */
export function* loosenedWords(input: RuleInput): Generator<LoosenedWord> {
  yield* ofLongerHosts(input);
  for (const { before, after, was, now } of lineChanges(input)) {
    const about = words(`${lastName(after.scope)} ${after.text}`);
    const isAbsent = ONLY_YES.test(before.text) && !NOT_NO.test(before.text) && NOT_NO.test(after.text) && !ONLY_YES.test(after.text);
    const isPrefix = WHOLE.test(was) && PART.test(now) && !/['"`]\.|sep\b|['"`]\/['"`]/.test(after.text);
    const isAny = isAnyOf(before.text, after.text) && OF_RIGHTS.test(words(`${after.scope} ${after.text}`));
    if (isAny) yield { range: rangeOfLine(input, 'after', after.line), was: before.text, now: after.text };
    if ((isAbsent && ALLOWS.test(about)) || (isPrefix && OF_PLACE.test(about)))
      yield { range: rangeOfLine(input, 'after', after.line), was: was === '' ? before.text : was, now: now === '' ? after.text : now };
  }
}

/** `host.endsWith(`.${ALLOWED}`)`, and `host.endsWith(ALLOWED)`, which `evil-example.com` passes as well. */
function* ofLongerHosts(input: RuleInput): Generator<LoosenedWord> {
  const old = changedLines(input, 'before').filter(({ text }) => ENDS_IN_DOT.test(text));
  if (old.length === 0) return;
  const fresh = changedLines(input, 'after');
  for (const line of fresh) {
    if (!ENDS_IN_NAME.test(line.text) || !/\b(?:host|hostname|origin|domain)\b/.test(words(`${line.scope} ${line.text}`))) continue;
    const was = old.find(({ scope }) => counterpartScope(input, scope) === line.scope);
    // `const SUFFIX = '.example.com'` begins with the dot itself.
    const named = ENDS_IN_NAME.exec(line.text)?.[1] ?? '';
    const isDotted = input.after?.options.some(({ name, value }) => name === named && /^f?['"`]\./.test(value)) === true;
    if (was !== undefined && !isDotted && !fresh.some(({ scope, text }) => scope === line.scope && ENDS_IN_DOT.test(text)))
      yield { range: rangeOfLine(input, 'after', line.line), was: was.text, now: line.text };
  }
}

const ONLY_YES = /===?true\b|\bis True\b|\.equals\(true\)/;
const NOT_NO = /!==?false\b|\bis not False\b/;
const ALLOWS =
  /\b(?:allow|allowed|allows|permit|permitted|permits|grant|granted|authorized|authorised|authenticated|valid|verified|approved|can|may|is admin|is owner|entitled)\b/;

/** The whole of it is compared; a part of it. */
const WHOLE = /\.(?:has|includes|contains|equals)\(|===?|\bin\b/;
const PART = /\.(?:endsWith|startsWith|endswith|startswith|ends_with|starts_with|indexOf|find)\(|\bHas(?:Suffix|Prefix)\(/;
const OF_PLACE = /\b(?:allowed|trusted|permitted|safe|is allowed) (?:\w+ )?(?:hosts?|origins?|domains?|ips?|addresses|urls?|redirects?)\b/;

/** All of what is wanted became any of it: `all(has(p) for p in wanted)`, `mask & wanted == wanted`. */
function isAnyOf(was: string, now: string): boolean {
  const all = was.replace(/\b(?:all|every|allMatch|containsAll|issuperset)\(/, '?(');
  if (all !== was && all === now.replace(/\b(?:any|some|anyMatch|containsAny|intersection)\(/, '?(')) return true;
  const found = BITS.exec(was);
  if (found === null) return false;
  const [, bits = '', wanted = ''] = found;
  if (!bits.split('&').includes(wanted) || !now.startsWith(was.slice(0, found.index))) return false;
  return [bits, `(${bits})`].some((asked) => /^\)?(?:!==?0|>0)\b/.test(now.slice(found.index).replace(asked, '')));
}

const BITS = /(?<!\w)\(?(\w{1,60}&\w{1,60})\)?===?(\w{1,60})\b/;

const ENDS_IN_DOT = /\b(?:endsWith|endswith|ends_with|HasSuffix)\((?:\w+,)?f?['"`]\./;
const ENDS_IN_NAME = /\b(?:endsWith|endswith|ends_with|HasSuffix)\((?:\w+,)?(?:([A-Za-z_]\w{0,60})[,)]|['"`]\w)/;

const OF_RIGHTS =
  /\b(?:perm|perms|permission|permissions|scope|scopes|role|roles|grants?|granted|authority|authorities|claims|entitle\w*|mask|access|allowed|permitted|rights?|capabilit\w+|acl|flags)\b/;
