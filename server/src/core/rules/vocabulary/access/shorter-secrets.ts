import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isCredentialName } from './secret-shapes.ts';
import { fieldChanges } from './setting-fields.ts';

/** A secret of the settings that had to be so long, and may be of any length now. */
export interface ShorterSecret {
  readonly range: Range;
  readonly name: string;
  readonly before: number;
  /** 0 where nothing is asked any more. */
  readonly after: number;
}

/** `JWT_SECRET: z.string().min(32)` that is `z.string()`, `jwt_secret: str = Field(min_length=32)` that is `Field()`. */
export function* shorterSecrets(input: RuleInput): Generator<ShorterSecret> {
  const options = changedOptions(input).map(({ before, after: { name, value: now, range } }) => ({ name, was: before.value, now, range }));
  for (const { name, was, now, range } of [...options, ...fieldChanges(input)]) {
    // A form of a password has its own rules; here it is a key of the settings.
    if (!isCredentialName(name) || !KEY.test(name) || /\.default\(|default=/.test(now)) continue;
    const before = lengthOf(was);
    const after = lengthOf(now) ?? (now === '' || SCHEMA.test(now) ? 0 : undefined);
    if (before !== undefined && after !== undefined && before >= SHORTEST && after * 2 <= before) yield { range, name, before, after };
  }
}

const KEY = /secret|key|token|salt|pepper/i;
const SCHEMA = /\b(?:string|str|Field|StringField|SecretStr|constr)\b/;

/** Whoever asked for sixteen characters meant a key and not merely that there is one. */
const SHORTEST = 16;

function lengthOf(value: string): number | undefined {
  const found = /\.(?:min|length|minLength)\((\d{1,4})\b|\bmin_?length\s?[=:]\s?(\d{1,4})\b/i.exec(value);
  return found === null ? undefined : Number(found[1] ?? found[2]);
}
