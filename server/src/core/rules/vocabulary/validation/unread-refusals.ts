import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { flatten } from '../code/moved-text.ts';
import { tokensOf } from '../code/token-lines.ts';
import type { OpenSchema } from './open-schemas.ts';

/** Throws or rejects by itself: zod's, Joi's, yup's and class-validator's. */
const THROWS = /^(?:parse|parseAsync|attempt|assert|validateAsync|validateOrReject|validateSync|validate)$/;
/** Gives back what it found: zod's and valibot's, and the same of Joi and class-validator. */
const GIVES = /^(?:safeParse|safeParseAsync|validate|validateSync)$/;
const NOTES = /(?:^|[._])(?:log|logger|console|warn|info|debug|error|trace|captureMessage|increment|count|inc|metrics?)\b/i;

/**
 * A check that refused by throwing and now gives back what it found, `Schema.safeParse(body)`, of which the function takes neither
 * the refusal nor only what passed: nobody asks it, it is only noted, or the raw value stands where it refused.
 */
export function* unreadRefusals(input: RuleInput): Generator<OpenSchema> {
  const { added, removed, after } = input;
  if (after === undefined) return;
  for (const call of added.calls) {
    const name = lastName(call.callee);
    if (!GIVES.test(name) || call.scope === '') continue;
    const body = flatten(tokensOf(after, call.scope));
    const isSafe = name.startsWith('safeParse');
    // One that a guard asked before is one whose guard is gone, which is told where the guard stood.
    const was = removed.calls.some(
      (old) =>
        THROWS.test(lastName(old.callee)) &&
        lastName(old.callee) !== name &&
        counterpartScope(input, old.scope) === call.scope &&
        (receiver(old.callee) === receiver(call.callee) || old.args.some((argument) => argument === receiver(call.callee))),
    );
    if (!was) continue;
    const raw = standsIn(body, call);
    if (!raw && (isSafe ? isTaken(after, body, call) : isErrorRead(after, body, call))) continue;
    yield { side: 'after', range: call.range, what: raw ? `${name} and takes what it refused` : `${name} whose refusal nobody takes` };
  }
}

/** `parsed.success ? parsed.data : req.body`, `….data ?? req.body`. */
function standsIn(body: string, { args }: Call): boolean {
  const raw = flatten(args[0] ?? '');
  return (
    raw.length > 1 && ['.data:', '.data??', '.data||'].some((before) => body.includes(before + raw) && !body.includes(`${before}${raw}.`))
  );
}

function isTaken(after: SourceFacts, body: string, call: Call): boolean {
  if (after.guards.some(({ scope, test, exit }) => within(scope, call.scope) && /success|error/.test(test) && exit !== undefined))
    return true;
  if (/\.data!/.test(body)) return false;
  if (/\.data\b|\bdata[,}:]|\breturn(?:await)?\w*\.?safeParse/.test(body)) return true;
  return isHandedOn(after, body, call);
}

/** The refusal of Joi is `error`, that of class-validator a list. */
function isErrorRead(after: SourceFacts, body: string, call: Call): boolean {
  const name = lastName(call.callee);
  const isList = receiver(call.callee) === '';
  if (isList)
    return new RegExp(`=(?:await)?${escaped(name)}\\(|return(?:await)?${escaped(name)}\\(`).test(body) || isHandedOn(after, body, call);
  return call.use === 'awaited' || /\berror\b|\.catch\(/.test(body) || !/\bvalue\b/.test(body) || isHandedOn(after, body, call);
}

/** Given to a function that may ask it: `orThrow(Schema.safeParse(body))`, `check(result)`. */
function isHandedOn(after: SourceFacts, body: string, call: Call): boolean {
  const written = flatten(`${call.callee}(`);
  const at = body.indexOf(written);
  const name = /(?:const|let|var)(\w+)(?::[^=]*)?=(?:await)?$/.exec(body.slice(Math.max(0, at - 80), Math.max(0, at)))?.[1];
  return after.calls.some(
    (other) =>
      other !== call &&
      within(other.scope, call.scope) &&
      !NOTES.test(other.callee) &&
      other.args.some((argument) => flatten(argument).startsWith(written) || argument === name),
  );
}
