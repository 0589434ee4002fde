import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { escaped } from '../code/literal-patterns.ts';

/** A place that took a schema, and takes something now that lets everything through. */
export interface IdentitySchema {
  readonly range: Range;
  readonly what: string;
}

/** `.input(createOrder)` that is `.input((raw) => raw as CreateOrder)`, `parse(z.object({…}))` that is `z.any()`. */
export function* identitySchemas({ added, removed, after }: RuleInput): Generator<IdentitySchema> {
  for (const call of added.calls) {
    if (!TAKES_SCHEMA.test(lastName(call.callee))) continue;
    const open = call.args.find(letsThrough) ?? (call.args.includes('fn') ? givenBack(call, after) : undefined);
    if (open === undefined) continue;
    const isSame = (old: Call): boolean => lastName(old.callee) === lastName(call.callee) && old.scope === call.scope;
    const old = removed.calls.find(isSame);
    if (old !== undefined && !old.args.some(letsThrough)) yield { range: call.range, what: `${lastName(call.callee)}(${open})` };
  }
}

const TAKES_SCHEMA =
  /^(input|inputSchema|body|query|params|headers|validator|zValidator|validate|validateBody|validateQuery|sValidator|arktypeValidator|vValidator|validateSearch|schema|payload|parser|decode)$/;

/** A callback is told as `fn`; what it does stands in the tokens: `. input ( ( raw ) => raw as CreateOrder )`. */
function givenBack({ callee, range }: Call, facts: SourceFacts | undefined): string | undefined {
  const text = tokensOn(facts, range.end.line, range.end.line)
    .map((token) => token.text)
    .join(' ');
  const found = new RegExp(
    `\\b${escaped(lastName(callee))} \\( \\(? ?(\\w+)(?: : \\w+)?(?: \\))? => \\(? ?(\\w+)(?: as [\\w<>. |&]+)? \\)`,
  ).exec(text);
  return found !== null && found[1] === found[2] ? `${found[1] ?? ''} => ${found[2] ?? ''}` : undefined;
}

/** A function that gives back what it got, and a schema of anything. */
function letsThrough(argument: string): boolean {
  const [, name, given] = /^(?:async )?\(?(\w+)(?:: ?[\w<>[\]., ]+)?\)? ?=> ?\(?(\w+)(?: as [^;]+)?\)?$/.exec(argument) ?? [];
  return (
    (name !== undefined && name === given) ||
    /^(z|zod|v|t|s|Joi|yup|Type)\.(any|unknown|mixed|Any|Unknown|custom)(<.*>)?\(\)$/.test(argument)
  );
}
