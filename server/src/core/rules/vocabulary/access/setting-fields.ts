import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';

/** A field of a class of Python, such as one of pydantic's settings, whose value is another one; empty where it has none. */
export interface FieldChange {
  readonly name: string;
  readonly was: string;
  readonly now: string;
  /** The line of the after side. */
  readonly range: Range;
}

/** `jwt_secret: str` that became `jwt_secret: str = "…"`, line by line; values have no white space between their signs. */
export function* fieldChanges(input: RuleInput): Generator<FieldChange> {
  if (input.after?.language !== 'python') return;
  for (const { before, after } of lineChanges(input)) {
    const [old, fresh] = [FIELD.exec(before.text), FIELD.exec(after.text)];
    const name = old?.[1];
    const owner = input.after.symbols.find((symbol) => symbol.name === `${after.scope}.${name}`);
    if (name === undefined || name !== fresh?.[1] || owner?.kind !== 'property') continue;
    yield { name, was: old?.[2] ?? '', now: fresh[2] ?? '', range: rangeOfLine(input, 'after', after.line) };
  }
}

const FIELD = /^([A-Za-z_]\w*):[^=]{1,200}?(?:=([^=].*))?$/;
