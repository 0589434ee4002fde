import type { Call, FileFacts, Setting, SourceFacts } from '../../../model/facts.ts';
import type { LineSpan } from '../../../model/hunk.ts';
import type { Range } from '../../../model/range.ts';
import { lastName } from './call-names.ts';
import { tokensOn } from './code-text.ts';

/** A regular expression written in code, in ECMAScript's syntax as far as the dialects agree. */
export interface ExpressionLiteral {
  readonly source: string;
  readonly flags: string;
  /** 1-based. */
  readonly line: number;
  /** Where it stands among the arguments of a call. */
  readonly range?: Range;
  /** Set where a schema gives it, which as a rule bounds the text as well. */
  readonly isSchema?: true;
}

/** Literals on these lines, and the strings among these facts of the file that are compiled. */
export function expressionsOn(
  facts: SourceFacts,
  own: Pick<FileFacts, 'calls' | 'options' | 'settings'>,
  span: LineSpan,
): readonly ExpressionLiteral[] {
  const literals =
    facts.language === 'typescript'
      ? tokensOn(facts, span.start, span.start + span.lines - 1).filter(({ text }) => text.startsWith('/'))
      : [];
  return [
    ...literals.flatMap(({ text, line }) => {
      const match = /^\/(.+)\/([dgimsuvy]*)$/s.exec(text);
      return match === null ? [] : [{ source: match[1] ?? '', flags: match[2] ?? '', line }];
    }),
    ...own.calls.flatMap((call) => compiled(call)),
    ...own.options.flatMap(({ name, value, range }) => (/^(pattern|regex|regexp)$/.test(name) ? ofSchema(unquote(value), range) : [])),
    ...own.settings.flatMap((setting) => ofSchema(patternIn(setting), setting.range)),
  ];
}

/** `pattern: '^(a+)+$'` of a JSON schema, which validators compile for Unicode; nothing that looks like a path or a plain word. */
function ofSchema(source: string | undefined, range: Range): readonly ExpressionLiteral[] {
  if (source === undefined || !/[+*{]/.test(source) || !/[\^$\\[(]/.test(source) || source.includes('**')) return [];
  return [{ source, flags: /\\[pP]\{/.test(source) ? 'u' : '', line: range.start.line, range, isSchema: true }];
}

/** The expression of a schema in a document; those of Kubernetes are read by an engine that is linear. */
function patternIn({ path, value }: Setting): string | undefined {
  if (path.includes('openAPIV3Schema')) return undefined;
  if (path.at(-2) === 'patternProperties') return path.at(-1);
  const isOfSchema = path.some((part) => /^(properties|schema|schemas|parameters|definitions|\$defs|items|propertyNames)$/.test(part));
  return path.at(-1) === 'pattern' && isOfSchema && typeof value === 'string' ? value : undefined;
}

const JAVASCRIPT = /^(RegExp|globalThis\.RegExp|window\.RegExp)$/;
const PYTHON = /^(re|regex)\.(compile|match|search|fullmatch|findall|finditer|split|sub|subn|template)$/;
const JAVA = /(^|\.)(Pattern\.(compile|matches)|matches|replaceAll|replaceFirst|split)$/;
/** Python and Java validators that take their expression by name. */
const NAMED = /^(RegexValidator|constr|Field|StringConstraints|Pattern)$/;

function compiled(call: Call): readonly ExpressionLiteral[] {
  const name = lastName(call.callee);
  const first = call.args[0] ?? '';
  const at = { line: call.range.start.line, range: call.range };
  if (JAVASCRIPT.test(call.callee)) {
    const source = unquote(withoutHoles(first));
    return source === undefined ? [] : [{ source, flags: unquote(call.args[1] ?? '')?.replace(/[^dgimsuvy]/g, '') ?? '', ...at }];
  }
  const named = call.args.find((argument) => /^(pattern|regex|regexp)\s*=/.test(argument))?.replace(/^\w+\s*=\s*/, '');
  const text =
    PYTHON.test(call.callee) || JAVA.test(call.callee)
      ? first
      : NAMED.test(name)
        ? (named ?? (name === 'RegexValidator' ? first : ''))
        : '';
  const written = unquote(withoutHoles(text));
  // What is split at or replaced is mostly a word or a sign.
  if (written === undefined || !/[*+{]/.test(written)) return [];
  const isVerbose = call.args.some((argument) => /\b(VERBOSE|re\.X|COMMENTS)\b/.test(argument));
  return [{ ...translate(isVerbose ? withoutRemarks(written) : written), ...at }];
}

/** `(.*)*${x}` and `'(.*)*' + x` as a literal: what is repeated around a value that is filled in repeats all the same. */
function withoutHoles(argument: string): string {
  const text = argument.trim();
  if (text.startsWith('`') && text.endsWith('`')) return text.replace(/\$\{[^{}]*\}/g, fill());
  if (/^(rf|fr|f)["']/i.test(text)) {
    const plain = text.replace(/^(rf|fr)/i, 'r').replace(/^f/i, '');
    return plain.replace(/(?<!\{)\{[A-Za-z_][^{}]*\}/g, fill());
  }
  const parts = text.split(/ ?\+ ?(?=["'A-Za-z_$])/);
  const isString = (part: string): boolean => /^[rR]?(?:"[^"]*"|'[^']*')$/.test(part);
  const isValue = (part: string): boolean => /^[A-Za-z_$][\w$.]*(\([^()"']*\))?$/.test(part);
  if (parts.length < 2 || !parts.some(isString) || !parts.every((part) => isString(part) || isValue(part))) return argument;
  const next = fill();
  const body = parts.map((part) => (isString(part) ? part.replace(/^[rR]?["']|["']$/g, '') : next())).join('');
  return `${parts.some((part) => /^r["']/i.test(part)) ? 'r' : ''}"${body}"`;
}

/** Each hole gets a character of its own that no expression has, so that no two of them are alike. */
function fill(): () => string {
  let at = FIRST_HOLE;
  return () => String.fromCharCode(at++);
}

const FIRST_HOLE = 0xe000;

/** True where a value is filled in, of which nobody knows what it shares with what stands beside it. */
export function hasHoles({ source }: ExpressionLiteral): boolean {
  return /[\ue000-\ue0ff]/.test(source);
}

/** The text that a string literal stands for; undefined for anything else, and for one with holes. */
function unquote(argument: string): string | undefined {
  const match = /^([A-Za-z]{0,2})("""|'''|["'`])(.*)\2$/s.exec(argument.trim());
  if (match === null) return undefined;
  const [, prefix = '', quote = '', body = ''] = match;
  if (/f/i.test(prefix) || (quote === '`' && body.includes('${'))) return undefined;
  if (/["'`]\s*\+\s*|["']\s+["']/.test(body)) return undefined;
  return /r/i.test(prefix)
    ? body
    : body.replace(/\\([\\"'`nrt])/g, (_, escaped: string) => ({ n: '\n', r: '\r', t: '\t' })[escaped] ?? escaped);
}

/** Python's and Java's ways to write what ECMAScript writes otherwise. */
function translate(source: string): { readonly source: string; readonly flags: string } {
  const inline = /^\(\?([aiLmsux]+)\)/.exec(source);
  const flags = [...(inline?.[1] ?? '')].filter((flag) => /[ims]/.test(flag)).join('');
  return {
    flags,
    source: source
      .slice(inline?.[0].length ?? 0)
      .replaceAll('(?P<', '(?<')
      .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
      .replaceAll('\\A', '^')
      .replace(/\\[Zz]/g, '$')
      .replaceAll('\\h', '[ \\t]'),
  };
}

function withoutRemarks(source: string): string {
  return source.replace(/(?<!\\)#[^\n]*/g, '').replace(/(?<!\\)\s/g, '');
}
