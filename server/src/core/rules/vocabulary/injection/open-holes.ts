import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { within } from '../code/counterpart.ts';
import { isClosedText } from '../schema/closed-texts.ts';
import { holesOf, isHarmlessHole } from '../schema/sql-holes.ts';

/** What is filled into a text of this file and may be whatever its caller writes. */
export function openHoles(text: string, input: RuleInput | undefined, scope: string): readonly string[] {
  const holes = holesOf(text).filter((hole) => !isHarmlessHole(hole));
  if (holes.length === 0 || input === undefined) return holes;
  // Facts of files that were joined have no text of their own.
  const facts = input.after?.text === undefined ? input.factsAt('after', input.path) : input.after;
  return holes.filter((hole) => !isClosedText(facts, hole, scope));
}

/** A parameter of a type that holds no text: `long insurer`, `limit int64`. Any other value may be whatever its caller writes. */
export function isTextless({ after }: RuleInput, { scope }: Call, value: string): boolean {
  const parameter = after?.symbols
    .filter(({ name, kind }) => kind !== 'class' && within(scope, name))
    .flatMap(({ parameters }) => parameters)
    .find(({ name }) => name === value);
  // An annotation of Python or TypeScript holds nothing back when the program runs.
  return parameter !== undefined && /^(?:java|go|rust)$/.test(after?.language ?? '') && TEXTLESS.test(parameter.type);
}

const TEXTLESS =
  /^&?(?:final )?(?:byte|short|int|long|float|double|boolean|bool|Byte|Short|Integer|Long|Float|Double|Boolean|BigDecimal|BigInteger|UUID|Uuid|LocalDate|LocalDateTime|Instant|OffsetDateTime|ZonedDateTime|Duration|u?int(?:8|16|32|64)|float(?:32|64)|[iu](?:8|16|32|64|128|size)|f(?:32|64)|Decimal|time\.Time|uuid\.UUID)$/;
