import { splitSource } from './argument-text.ts';
import { literal } from './call-names.ts';

/** What stands in a template, an f-string, a format or between two pluses. */
export function holeIn(text: string): string | undefined {
  // The first of them that is no constant of the program.
  const first = (holes: readonly string[]): string | undefined => holes.find((hole) => !isHarmless(hole)) ?? holes[0];
  if (/^(f|fr|rf|F)['"]/i.test(text))
    return first([...text.replaceAll('{{', '').matchAll(/\{([^{}:!]+)(?:![rsa])?(?::[^{}]*)?\}/g)].map((match) => match[1]?.trim() ?? ''));
  if (text.startsWith('`')) return first([...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]?.trim() ?? ''));
  const joined =
    /^\[(.*)\]\.join\(/s.exec(text)?.[1] ??
    /^([A-Za-z_$][\w$.]*)\.join\(['"`] ['"`]\)$/.exec(text)?.[1] ??
    /^['"] ['"]\.join\((.*)\)$/s.exec(text)?.[1] ??
    /^strings\.Join\((.*), ["'] ["']\)$/s.exec(text)?.[1] ??
    /^String\.join\(["'] ["'], (.*)\)$/s.exec(text)?.[1];
  const formatted = formatHoles(text);
  if (formatted !== undefined) return first(formatted);
  if (joined !== undefined) return /[A-Za-z_]/.test(joined.replace(/(['"`])[^'"`]*\1/g, '')) ? joined : undefined;
  return (
    /['"`]\s*\+\s*([\w$.[\]()]+)/.exec(text)?.[1] ??
    /^([\w$.[\]()]+)\s*\+\s*['"`]/.exec(text)?.[1] ??
    /['"]\s*%[\s(]*([\w.[\]]+)/.exec(text)?.[1] ??
    /\.format(?:ted)?\(([^)]+)\)/.exec(text)?.[1]
  );
}

/** The values of `fmt.Sprintf("…%s", x)`, `String.format`, and of `format!("{x} {}", y)`; undefined for any other text. */
function formatHoles(text: string): readonly string[] | undefined {
  const inner = /^(?:fmt\.Sprintf|String\.format|format!)\((.*)\)$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const [pattern = '', ...values] = splitSource(inner, ',');
  const named = text.startsWith('format!') ? [...pattern.matchAll(/\{([a-z_]\w*)[:}]/g)].map((match) => match[1] ?? '') : [];
  return [...named, ...values.map((value) => value.replace(/^\w+ ?= ?/, ''))];
}

/** Every hole of the text is a constant of the program. */
export function isConstantName(text: string, value: string): boolean {
  const holes = [...text.matchAll(/\$?\{([^{}]+)\}/g)].map((match) => match[1]?.trim() ?? '');
  return isHarmless(value) && holes.every(isHarmless);
}

/** A constant of the program, a number, or a value that was quoted for the shell. */
export function isHarmless(value: string): boolean {
  return /^[A-Z][A-Z0-9_]*$|^__(dirname|file__)$|^\d+$|\b(quote|escape|shellescape|shellQuote|shlex|shq|sys\.executable|process\.(pid|execPath)|os\.getpid)\b|^(quote|escape|shellescape|shellQuote)\w*\(/.test(
    value,
  );
}

/** A template or an f-string whose holes all were handed a plain text, as that text: `` `depot:${action}` `` for `'store'` is `'depot:store'`. */
export function filled(code: string, given: ReadonlyMap<string, string>): string {
  return code.replace(/(?<![\w$])[fF](['"])([^'"\n]*)\1|`([^`\n]*)`/g, (whole, _quote, python: string | undefined, script = '') => {
    const text = python ?? script.replaceAll('${', '{');
    const full = text.replace(/\{(\w+)\}/g, (hole: string, name: string) => literal(given.get(name)) ?? hole);
    return full.includes('{') ? whole : `'${full}'`;
  });
}

/**
 * What an expression reads: the code outside of its texts, and the holes of templates, f-strings and formats. A name that only stands in a
 * text is not read: of `` `rows:tenantId:${page}` `` it is `page`.
 */
export function readIn(code: string): string {
  const isFormat = /\bformat!? ?\(/.test(code);
  return code.replace(
    /(?<![\w$])([a-zA-Z]{1,2})?"((?:[^"\\\n]|\\.)*)"|(?<![\w$])([a-zA-Z]{1,2})?'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/g,
    (
      _whole,
      one: string | undefined,
      double: string | undefined,
      other: string | undefined,
      single: string | undefined,
      script?: string,
    ) => {
      const text = double ?? single ?? '';
      if (script !== undefined) return holesOf(script, /\$\{([^{}]*)\}/g);
      if (/f/i.test(one ?? other ?? '') || isFormat) return holesOf(text, /\{([^{}]*)\}/g);
      return holesOf(text, /[#$]\{([^{}]*)\}/g);
    },
  );
}

function holesOf(text: string, hole: RegExp): string {
  return ` ${[...text.matchAll(hole)].map(([, inner = '']) => inner).join(' ')} `;
}

/** Texts with nothing but a plus between them as the one text that they make. */
export function putTogether(pieces: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const piece of pieces) {
    const [text, before] = [literal(piece), literal(found.at(-2))];
    if (text === undefined || before === undefined || found.at(-1) !== '+') found.push(piece);
    else found.splice(-2, 2, `'${before}${text}'`);
  }
  return found;
}
