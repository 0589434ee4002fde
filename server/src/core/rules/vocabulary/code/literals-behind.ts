import type { Option, SourceFacts } from '../../../model/facts.ts';
import { createLookup, keepOf } from './kept.ts';

/**
 * The plain value that a name stands for, where the file has one for it: `LIMITS.wait`, `tuning["wait"]`, `config.get("wait")`,
 * `process.env.WAIT`, `envInt("WAIT")`, `"${limits.wait}"`. Undefined for anything else.
 */
export function literalBehind(text: string, facts: SourceFacts | undefined): string | undefined {
  return optionBehind(text, facts)?.value;
}

/** The constant or entry behind such a name. */
export function optionBehind(text: string, facts: SourceFacts | undefined): Option | undefined {
  const name = facts === undefined ? undefined : namedBy(text);
  if (facts === undefined || name === undefined) return undefined;
  const found = constantsByName(facts)(name);
  return found.length === 1 ? found[0] : undefined;
}

/** The last name of a way to a value; undefined where the text is none. */
export function namedBy(text: string): string | undefined {
  const bare =
    /^(?:Number|parseInt|parseFloat|int|float|bool|Boolean|str|String|Duration\.ofSeconds|Duration\.ofMillis|Duration::from_secs|Duration::from_millis|time\.Duration|timedelta)\((.*?)(?:, ?10)?\)$/.exec(
      text,
    )?.[1] ?? text;
  if (/^[A-Za-z_$][\w$]*(?:(?:\?\.|\.|::)[A-Za-z_$][\w$]*)*(?:\(\))?$/.test(bare)) return /(?<![\w$])([\w$]+)(?:\(\))?$/.exec(bare)?.[1];
  const quoted =
    /^[\w$.:?]*\[['"]([\w.-]+)['"]\]$/.exec(bare)?.[1] ??
    /^[\w$.:]*(?:env|get|config|setting|lookup|param|read)\w*!?\(['"]([\w.-]+)['"]\)(?:\.\w+\(\)){0,2}\??$/i.exec(bare)?.[1] ??
    /^['"]?\$\{([\w.-]+)\}['"]?$/.exec(bare)?.[1];
  return quoted?.slice(quoted.lastIndexOf('.') + 1);
}

function isPlainConstant({ callee, value }: Option): boolean {
  return callee === '' && /^(-?\d[\w.*/ <]*|true|false|True|False|['"][^'"]*['"])$/.test(value);
}

const constantsByName = keepOf(({ options }: SourceFacts) => createLookup(options.filter(isPlainConstant), ({ name }) => name));
