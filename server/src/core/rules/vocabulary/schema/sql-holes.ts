import { lastName } from '../code/call-names.ts';

const STATEMENT =
  /^(?:&?[\w.:]*(?:text|format!?|Sprintf|SQL|raw|unsafe)\(\s*)?[rbuf]{0,2}(?:"""|'''|['"`(])\s*(?:select\b[\s\S]*\bfrom\b|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|with\s+\w+\s+as\b)/i;

/** True where a value's source is the text of a statement, whatever wraps it: `text(…)`, `fmt.Sprintf(…)`, an f-string. */
export function isStatementText(source: string): boolean {
  return STATEMENT.test(source);
}

/** What is filled into a text when the program runs, as written: `${x}`, `{x}` of an f-string, `+ x`, `% x`, arguments of a format. */
export function holesOf(source: string): readonly string[] {
  const text = source.replace(/^[\w.]*(?:text|SQL|raw|unsafe)\(\s*/, '');
  if (text.startsWith('`')) {
    const inside = [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => (match[1] ?? '').trim());
    return inside.length > 0 ? inside : added(text);
  }
  if (/^[rb]?f[rb]?['"]/i.test(text))
    return [
      ...[
        ...text
          .replace(/\{\{|\}\}/g, '')
          .replace(NUMBERED, '')
          .matchAll(/\{([^{}!:]*)(?:[!:][^{}]*)?\}/g),
      ].map((match) => (match[1] ?? '').trim()),
      ...added(text),
    ];
  const format = /^(?:fmt\.Sprintf|String\.format)\(\s*('[^']*'|"[^"]*"|`[^`]*`)\s*,([\s\S]*)\)$/.exec(text);
  if (format !== null) return pairedVerbs(format[1] ?? '', split(format[2] ?? ''));
  const macro = /^&?(?:std::)?format!\(\s*(['"`][\s\S]*['"`]#*)\s*(?:,([^'"`]*))?\)$/.exec(text);
  if (macro !== null)
    return [
      ...[...(macro[1] ?? '').replace(NUMBERED, '').matchAll(/\{([A-Za-z_]\w*)(?!\w)[^{}]*\}/g)].map((match) => match[1] ?? ''),
      ...split(macro[2] ?? '').map((part) => part.replace(/^&/, '')),
    ];
  const method = /['"]\)?\.(?:format|formatted)\(([\s\S]*)\)$/.exec(text);
  if (method !== null) return split(method[1] ?? '').map((part) => part.replace(/^\w+=(?!=)/, ''));
  // A quote that is escaped ends no text. Where texts were put in other quotes they cannot be told apart.
  const outside = joined(text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, "''"));
  return outside.length > 0 ? outside : joined(text);
}

/** The number or the name of a place that a value is bound to: `${n}` of Rust, `:label{n}` of an f-string. */
const NUMBERED = /(?<=[\s(,=])[$:@](?!\d)\w{0,20}\{[^{}]{0,40}\}/g;

/** What stands behind `%`, or is added with `+`. */
function joined(text: string): readonly string[] {
  const percent = /['"]\)?\s*%\s*([^'"%\s][^%]*)$/.exec(text);
  return percent === null ? added(text) : split((percent[1] ?? '').replace(/^\((.*)\)\)?$/s, '$1'));
}

function added(text: string): readonly string[] {
  return [...text.matchAll(/['"`]\s*\+\s*([\w$.[\]()]+)/g)].map((match) => match[1] ?? '');
}

/** A number's verb takes no text: `%d`. */
function pairedVerbs(text: string, values: readonly string[]): readonly string[] {
  const verbs = [...text.replaceAll('%%', '').matchAll(/%[-+#0 ]?\d*(?:\.\d+)?([a-zA-Z])/g)].map((match) => match[1] ?? '');
  return values.filter((_, index) => !/^[dfxeg]$/.test(verbs[index] ?? 's'));
}

/** Arguments at the top level of a list. */
function split(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of list) {
    if (/[([{]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()].filter((each) => each !== '');
}

/** A constant, a name of the program's own for a table or a clause, or a value that was escaped or made a number. */
export function isHarmlessHole(hole: string): boolean {
  if (/^([\w$]+\.)*[A-Z][A-Z0-9_]*$|^\d+$|^['"][^'"]*['"]$/.test(hole)) return true;
  if (
    /^(Number|parseInt|BigInt|int|float|len|bool|escape\w*|quote\w*|[\w.]+\.escape\w*|[\w.]+\.quote\w*|pq\.Quote\w+|format|sql|Prisma\.\w+|strconv\.(Itoa|Format(Int|Bool|Uint|Float))|(psycopg2?\.)?sql\.\w+|uuid\.\w+|pgx\.Identifier|Integer\.\w+|Long\.\w+)\(/.test(
      hole,
    )
  )
    return true;
  if (/\b(req|request|params|query|body|ctx|event)\s*(\?\.|\.|\[)(?!(map|join|length)\b)/.test(hole)) return false;
  if (
    /\.(map|join)\(|strings\.(Join|Repeat)\(|this\.(escape|build|quote|driver|connection)|\b_?(build|render|compile|quote)\w*\(|_meta\.|\bops\.quote/.test(
      hole,
    )
  )
    return true;
  return /^[\w$.]+$/.test(hole) && CLAUSE.test(lastName(hole).replace(/^_+/, ''));
}

const CLAUSE =
  /^(\w*[tT]able(_?[nN]ame)?|tablePath|\w*[cC]ol(umn)?s?(_?[nN]ames?|List)?|\w*[sS]chema(_?[nN]ame)?|\w*[pP]laceholders?|fields|field_?[lL]ist|alias|escaped\w*|quoted\w*|joins?|join_?[cC]lause|where(_?([cC]lause|[sS]ql|[cC]ond\w*))?|(order|group)(_?[bB]y)?(_?([cC]lause|[sS]ql))?|set_?[cC]lause|values_?[cC]lause|limit(_?[cC]lause)?|offset(_?[cC]lause)?|suffix|prefix|\w*clauses?|\w*conditions?|base_?[qQ]uery|\w*_?sql|direction|index_?[nN]ame|db_?[nN]ame|database|partition\w*)$/;
