import type { FileFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import { lastName, words } from '../code/call-names.ts';

/** A switch that takes back what happens without it: `--no-apply`, `no_purge: bool` of a struct of arguments. */
export interface NegatedSwitch {
  /** What it takes back, in words: `apply`. */
  readonly act: string;
  /** As the command line has it: `--no-apply`. */
  readonly name: string;
  readonly range: Range;
}

/** Switches of command lines that say no, as their parsers are told of them. */
export function negatedSwitches(facts: Pick<FileFacts, 'calls' | 'options' | 'symbols'>): readonly NegatedSwitch[] {
  const found = (text: string, range: Range): readonly NegatedSwitch[] => {
    const act = NEGATED.exec(words(text))?.[1];
    return act === undefined ? [] : [{ act, name: text, range }];
  };
  const named = facts.calls.flatMap(({ kind, callee, args, range }) => {
    if (kind === 'assertion' || !DECLARES.test(lastName(callee))) return [];
    const long = args.map((argument) => LONG.exec(argument)?.[1]).find((text) => text !== undefined);
    const first = args.map((argument) => /^['"]([a-z][\w-]*)['"]$/.exec(argument)?.[1]).find((text) => text !== undefined);
    // A call of a chain begins with the chain, and its own words end it.
    const own = range.start.line === range.end.line ? range : { start: { line: range.end.line, character: 0 }, end: range.end };
    return found(long ?? (/Bool/.test(callee) ? first : undefined) ?? '', own);
  });
  const fields = facts.symbols.flatMap(({ name, kind, type, range }) =>
    kind === 'property' && /^bool(ean)?$/i.test(type) ? found(lastName(name), range) : [],
  );
  const defaults = facts.options.flatMap(({ name, value, range }) =>
    /^[\w.]+\(\s*(?:default\s*=\s*)?False\b/.test(value) ? found(name, range) : [],
  );
  return [...named, ...fields, ...defaults];
}

const NEGATED = /^(?:no|without|skip|dont|do not) (.+)$/;
const DECLARES = /^(option|options|addOption|flag|boolean|arg|add_argument|add_option|Option|Bool|BoolP|BoolVar|BoolVarP|BoolFlag)$/;
const LONG = /['"](?:-\w, ?)?--((?:no|without|skip|dont|do-not)-[\w-]+)['"]/;
