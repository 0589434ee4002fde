import type { Call } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { isAccessName } from '../guards/guard-kinds.ts';

const SCHEMA = /(schema|validator|dto|struct|codec|shape|model|input|body|params|query|payload|z\.\w+\(|joi\.|yup\.|ajv)/i;

/** Reads a body into a type, and asks what its tags ask. */
export const BINDS = /^(ShouldBind\w*|BindJSON|BindQuery|BindUri|MustBindWith)$/;

/** A call that checks the form of what came in. Nothing but a schema has a method `safeParse`, whatever it is called: `SignUp.safeParse(body)`. */
export function isValidation(call: Call): boolean {
  return isNamedValidation(call) || (/^safeParse(?:Async)?$/.test(lastName(call.callee)) && receiver(call.callee) !== '');
}

/** The same by the name of the schema, or by what it is handed. */
export function isNamedValidation(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  // A schema is handed what it reads: `raw.parse()` makes a number of a text.
  if (name === 'parse' && call.args.length === 0) return false;
  if (/^(parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|validateAsync|assert|decode|check|cast|is)$/.test(name))
    return (from !== '' && SCHEMA.test(from) && !/^(JSON|url|qs|querystring|path|Date|jwt)$/.test(from)) || readsRaw(from, call);
  // echo asks the validator that the server was given, and generated messages ask themselves.
  if (/^Validate(?:All)?$/.test(name) && from !== '' && call.args.length <= 1) return true;
  if (BINDS.test(name)) return true;
  if (/^(Struct|StructCtx|Var|Validate|ValidateStruct|load|loads|clean|validated)$/.test(name)) return /valid|schema|form/i.test(from);
  return (
    /^(is_valid|full_clean|model_validate\w*|parse_obj|parse_raw|validate_json|validate_python|validate_\w+|ValidateStruct|sanitize_\w+)$/.test(
      name,
    ) ||
    /^(validate|sanitize|sanitise)([A-Z]\w*)?$/.test(name) ||
    /^(assert|check|ensure)(Valid|Input|Schema|Shape|Body|Payload|Params)\w*$/.test(name)
  );
}

/** `OrderPlaced.parse(JSON.parse(text))`: a schema has the name of what it reads, and what it reads has no type yet. */
function readsRaw(from: string, { args }: Call): boolean {
  return (
    /^[A-Z]\w*$/.test(from) &&
    !/^(?:JSON|Date|URL|Number)$/.test(from) &&
    args.some((argument) => /^(?:await )?(?:JSON\.parse\(|[\w.]+\.json\(\))/.test(argument))
  );
}

/** A name that says so of itself. */
export function isValidationName(name: string): boolean {
  return /\b(validate|validator|validation|schema|sanitize|celebrate|zod)\b/.test(words(name)) && !isAccessName(name);
}
