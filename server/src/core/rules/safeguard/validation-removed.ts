import type { Call, Guard, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostRouteGuards } from '../vocabulary/access/route-guards.ts';
import { lastName, literal, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { movedText } from '../vocabulary/code/moved-text.ts';
import { optionPath } from '../vocabulary/code/option-changes.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind, isAccessName } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { uncheckedBodies } from '../vocabulary/guards/unchecked-bodies.ts';

/**
 * ## What it sees
 * A check of an input that goes away while the input is still used: a schema's `parse`, a `validate` call or middleware, an
 * `if` on the shape of a value that refuses.
 *
 * ## Why it matters
 * What comes from outside is believed as it comes; the failure shows far away, as bad rows or as a crash of the whole fleet.
 *
 * ## When it is fine
 * The check moved to middleware, to a pipe or to a helper in the same change. These are not flagged.
 *
 * ## What it misses
 * A schema that is kept and demands less, and a cast that was there before.
 */
export default defineRule({
  id: 'safeguard/validation-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An input is no longer validated',
  reads: ['calls', 'guards', 'options', 'symbols'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: 21 fields expected, 20 given',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...routes(input),
      ...routeOptions(input),
      ...schemas(input),
      ...conditions(input),
      ...decorators(input),
      ...declared(input),
      ...raised(input),
      ...believed(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

/** A body that is only called a type where a schema read it. */
function* believed(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, type } of uncheckedBodies(input))
    yield { side: 'after', range, message: fitMessage(`a body is taken for \`${shorten(type, 30)}\` and no longer checked`) };
}

const SCHEMA = /(schema|validator|dto|struct|codec|shape|model|input|body|params|query|payload|z\.\w+\(|joi\.|yup\.|ajv)/i;

/** Reads a body into a type, and asks what its tags ask. */
const BINDS = /^(ShouldBind\w*|BindJSON|BindQuery|BindUri|MustBindWith)$/;

function isValidation(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  if (/^(parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|validateAsync|assert|decode|check|cast|is)$/.test(name))
    return from !== '' && SCHEMA.test(from) && !/^(JSON|url|qs|querystring|path|Date|jwt)$/.test(from);
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

function isValidationName(name: string): boolean {
  return /\b(validate|validator|validation|schema|sanitize|celebrate|zod)\b/.test(words(name)) && !isAccessName(name);
}

function* schemas(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || !isValidation(call) || counterpartScope(input, call.scope) === undefined) continue;
    const now = newCallsIn(input, call.scope);
    // What is bound again stands for a binding, and for no other check.
    const isLike = (other: Call): boolean =>
      isValidation(other) && (!BINDS.test(lastName(other.callee)) || BINDS.test(lastName(call.callee)));
    if (isExtracted(input, call) || now.some(isLike) || now.some((other) => other.args.some((argument) => isValidationName(argument))))
      continue;
    if (
      newCallsIn(input, '').some(
        (other) =>
          isLike(other) ||
          isValidationName(other.callee) ||
          (receiver(call.callee).length > 2 && other.args.some((argument) => argument.includes(receiver(call.callee)))),
      )
    )
      continue;
    // What Django's own views do with the serializer they are given.
    if (lastName(call.callee) === 'is_valid' && input.after?.symbols.some(({ kind, type }) => kind === 'class' && ASKS_ITSELF.test(type)))
      continue;
    const schema = receiver(call.callee) || call.callee;
    if (
      movedText(input, `(${schema})`, [schema]) ||
      movedText(input, `${schema}.${lastName(call.callee)}`, [schema.split('.')[0] ?? schema])
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer checks what \`${shorten(call.scope, 18) || 'the module'}\` gets`),
    };
  }
}

function* routes(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, item, route, related } of lostRouteGuards(input, isValidationName)) {
    const name = /^[\w$.]+/.exec(item)?.[0] ?? item;
    if (newCallsIn(input, '').some((other) => isValidation(other) || other.callee.startsWith(name))) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(item, 28)}\` no longer checks \`${shorten(route, 24)}\``),
      related,
    };
  }
}

function* conditions(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) =>
      (candidate.exit === 'throw' || candidate.exit === 'answer') && guardKind(candidate, callsInside(candidate, before)) === 'shape',
  )) {
    if (newCallsIn(input, guard.scope).some(isValidation) || callsInside(guard, input.removed.calls).some(isValidation)) continue;
    if (newGuardsIn(input, guard.scope).some((other) => guardKind(other, callsInside(other, input.after?.calls ?? [])) === 'shape'))
      continue;
    if (isCheckedByField(input, guard)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
    };
  }
}

/** A new class of the change declares the field with what it must look like, and the function is handed that class now: `@IsEmail() email`. */
function isCheckedByField(input: RuleInput, { reads, scope }: Guard): boolean {
  const { before, after } = input;
  const now = counterpartScope(input, scope);
  const types = new Set(after?.symbols.find(({ name }) => name === now)?.parameters.map(({ type }) => type.replace(/^.*[<:]|>$/g, '')));
  const elsewhere = input.addedElsewhere();
  const known = new Set(before?.scopes.map(({ name }) => name));
  const symbols = [...(after?.symbols ?? []), ...elsewhere.symbols];
  return [...(after?.calls ?? []), ...elsewhere.calls].some(({ kind, callee, scope: own, range }) => {
    const [type = ''] = own.split('.');
    if (kind !== 'decorator' || !CHECKS_FIELD.test(callee) || !types.has(type) || known.has(type)) return false;
    // A decorator of a field stands in front of it.
    const line = range.start.line;
    const fields = symbols.filter(
      ({ name, range: at }) => name.startsWith(`${type}.`) && line <= at.start.line && at.start.line <= line + 6,
    );
    const [field = ''] = own.includes('.') ? [lastName(own)] : fields.map(({ name }) => lastName(name));
    return reads.includes(field);
  });
}

const CHECKS_FIELD =
  /^(Is(?!Optional$)[A-Z]\w*|Matches|Length|M(?:in|ax)(?:Length)?|Contains|Equals|ArrayN\w+|Validate\w*|Pattern|Email|NotBlank|NotNull|NotEmpty|Size|Positive\w*|Past\w*|Future\w*|URL|field_validator|validator)$/;

/** `app.post(path, { schema: { body } }, handler)` that stays without what it checks. */
function* routeOptions(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (
      !CHECKED_PART.test(option.name) ||
      !/\.(get|post|put|patch|delete|route|all|options|handle|register|method|openapi)$|^(createRoute|defineEndpoint|defineRoute|route)$/.test(
        option.callee,
      )
    )
      continue;
    if (/^(\{\s*\}|undefined|null|false|fn|async fn)$/.test(option.value)) continue;
    const path = optionPath(option);
    if (
      !/\b(schema|validate|validation|validator|validators|request|options)\b/.test(words(path)) &&
      !/^(schema|validate|validation|validator)$/.test(option.name)
    )
      continue;
    const scope = counterpartScope(input, option.scope);
    const isRegistered = (side: 'before' | 'after'): readonly string[] =>
      input[side]?.calls.filter((call) => call.callee === option.callee).map((call) => call.args[0] ?? '') ?? [];
    const stays = scope !== undefined && isRegistered('before').some((first) => isRegistered('after').includes(first));
    const isLeft = input.after?.options.some(
      (other) =>
        other.callee === option.callee &&
        (other.scope === scope || isSameRoute(input, option, other)) &&
        (other.name === option.name || (CHECKED_PART.test(other.name) && other.value === option.value)),
    );
    if (!stays || isLeft === true || newCallsIn(input, option.scope).some(isValidation) || input.added.calls.some(isValidation)) continue;
    // Handed on whole: `{ ...createVehicle }`, `schemas.create`.
    if (
      input.added.options.some(
        (other) => other.callee === option.callee && /^(schema|validate)$/.test(other.name) && /^[\w.]+$/.test(other.value),
      )
    )
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${shorten(path, 24)}: ${shorten(option.value, 18)}\` no longer checks what \`${shorten(option.callee, 18)}\` gets`,
      ),
    };
  }
}

/** The calls that the two options stand in register the same path. */
function isSameRoute({ before, after }: RuleInput, old: Option, now: Option): boolean {
  const pathOf = (calls: readonly Call[] | undefined, { callee, range }: Option): string | undefined =>
    calls?.find((call) => call.callee === callee && call.range.start.line <= range.start.line && range.end.line <= call.range.end.line)
      ?.args[0];
  const path = pathOf(before?.calls, old);
  return path !== undefined && literal(path) !== undefined && path === pathOf(after?.calls, now);
}

const CHECKED_PART = /^(body|querystring|query|params|headers|payload|schema|validate|validation|validator|validators|requestBody|input)$/;

function* decorators(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (
      call.kind !== 'decorator' ||
      !/^(Valid|Validate\w*|UsePipes|Is[A-Z]\w+|Min|Max|MinLength|MaxLength|Length|Matches|NotNull|NotBlank|validator|field_validator|model_validator|root_validator|validates|validates_schema|validate|validate_arguments|validate_call|validate_json|use_args|use_kwargs|expects_json)$/.test(
        lastName(call.callee),
      )
    )
      continue;
    if (lostMethod(input, call)) {
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`@${shorten(call.callee, 24)}\` left with \`${shorten(call.scope, 28)}\``),
      };
      continue;
    }
    const stays = input.after?.symbols.some((symbol) => symbol.name === call.scope) ?? false;
    const now = input.after?.calls.filter((other) => other.kind === 'decorator' && within(call.scope, other.scope)).length ?? 0;
    const old = input.before?.calls.filter((other) => other.kind === 'decorator' && within(call.scope, other.scope)).length ?? 0;
    if (stays && now < old)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`@${shorten(call.callee, 24)}\` no longer checks \`${shorten(call.scope, 28)}\``),
      };
  }
}

/** A validator of a class that stays, gone with its decorator, and no other in its place. */
function lostMethod(input: RuleInput, call: Call): boolean {
  const owner = call.scope.slice(0, Math.max(0, call.scope.lastIndexOf('.')));
  const stays = (name: string): boolean => input.after?.symbols.some((symbol) => symbol.name === name) ?? false;
  if (owner === '' || !/valid/.test(call.callee) || stays(call.scope) || !stays(owner)) return false;
  const validators = (side: 'before' | 'after'): number =>
    input[side]?.calls.filter((other) => other.kind === 'decorator' && /valid/.test(other.callee) && within(other.scope, owner)).length ??
    0;
  return validators('after') < validators('before') && newCallsIn(input, owner).every((other) => !isValidation(other));
}

const UNCHECKED =
  /^(dict(\[.*\])?|Dict\[.*\]|Any|Request|object|Object|any|unknown|Mapping(\[.*\])?|MutableMapping(\[.*\])?|map\[string\](any|interface\{\})|(java\.util\.)?Map<String, ?(Object|\?|String)>|JsonNode|ObjectNode|JSONObject|Record<string, ?(any|unknown)>|(axum::)?(extract::)?Json<(serde_json::)?Value>|(serde_json::)?Value|(actix_web::)?web::Json<(serde_json::)?Value>|Bytes|bytes|String|)$/;
/** A body that is read as it came. */
const READS_RAW = /(^|\.)(request|req|ctx|c|r)\.(json|get_json|body|form|data|POST|query|text|getParameterMap|getReader|getInputStream)$/;

/** What a framework checks because it is declared: the model that a route takes, the tag on a field. */
function* declared(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.symbols) {
    const now = input.after?.symbols.find((symbol) => symbol.name === old.name && symbol.kind === old.kind);
    if (now === undefined) continue;
    const tag = old.kind === 'property' ? /\b(validate|binding):\\?"([^"\\]+)/.exec(old.type)?.[2] : undefined;
    if (tag !== undefined && tag !== '-' && !/\b(validate|binding):\\?"[^"\\-]/.test(now.type)) {
      yield {
        side: 'before',
        range: old.range,
        message: fitMessage(`\`${shorten(tag, 24)}\` no longer checks \`${shorten(old.name, 30)}\``),
      };
      continue;
    }
    const isRoute = input.after?.calls.some(
      (call) =>
        call.kind === 'decorator' &&
        call.scope === old.name &&
        /\.(get|post|put|patch|delete|route|api_route|websocket)$|^(Get|Post|Put|Patch|Delete|Request)(Mapping)?$|^(All|MessagePattern|EventPattern|get|post|put|patch|delete)$/.test(
          call.callee,
        ),
    );
    const typed = old.parameters.find(
      (parameter, at) =>
        /\b(Json|Form|Query)<(?!.*\bValue>)\w/.test(parameter.type) &&
        /\b(Json|Form|Query)<[\w:]*Value>/.test(now.parameters[at]?.type ?? ''),
    );
    if (typed !== undefined) {
      yield {
        side: 'before',
        range: old.range,
        message: fitMessage(`\`${shorten(typed.type, 28)}\` no longer checks what \`${shorten(old.name, 24)}\` gets`),
      };
      continue;
    }
    if (isRoute !== true) continue;
    const lost = old.parameters.find(
      (parameter) =>
        isModel(parameter.type) &&
        (now.parameters.some((other) => other.name === parameter.name && UNCHECKED.test(other.type)) ||
          (now.parameters.every(
            (other) =>
              other.name !== parameter.name &&
              other.type !== parameter.type &&
              (!isModel(other.type) || old.parameters.some(({ type }) => type === other.type)),
          ) &&
            (newCallsIn(input, old.name).some((call) => READS_RAW.test(call.callee)) ||
              now.parameters.some(
                (other) => other.type !== '' && UNCHECKED.test(other.type) && old.parameters.every(({ name }) => name !== other.name),
              )))),
    );
    if (lost !== undefined && !newCallsIn(input, old.name).some(isValidation))
      yield {
        side: 'before',
        range: old.range,
        message: fitMessage(`\`${shorten(lost.type, 28)}\` no longer checks what \`${shorten(old.name, 24)}\` gets`),
      };
  }
}

/** A class of the project's own, by its name, and nothing that a framework hands over. */
function isModel(type: string): boolean {
  return (
    /^[A-Z][^a-z\W]*[a-z]\w*$/.test(type) &&
    !UNCHECKED.test(type) &&
    !/^(Request|Response|Session|AsyncSession|Background\w*|Http\w+|Principal|Authentication|Annotated|String|Integer|Long|Boolean|UUID|Date|Locale|Model)\b/.test(
      type,
    )
  );
}

/** `serializer.is_valid(raise_exception=True)` that still asks, and stops nothing. */
function* raised(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (option.name !== 'raise_exception' || option.value !== 'True') continue;
    const scope = counterpartScope(input, option.scope);
    const asks =
      scope !== undefined && input.after?.calls.some((call) => call.callee === option.callee && within(call.scope, scope)) === true;
    if (!asks || scope === undefined) continue;
    const isLooked =
      input.after?.guards.some((guard) => within(guard.scope, scope) && /is_valid|errors/.test(guard.test)) === true ||
      input.after?.conditions.some((condition) => within(condition.scope, scope) && /is_valid|errors/.test(condition.test)) === true ||
      input.after?.options.some((other) => other.name === 'raise_exception' && within(other.scope, scope)) === true;
    if (!isLooked)
      yield { side: 'before', range: option.range, message: fitMessage(`\`${shorten(option.callee, 34)}\` no longer stops on bad input`) };
  }
}

const ASKS_ITSELF = /\b(?:ModelViewSet|(?:\w*Create|\w*Update)(?:ModelMixin|APIView|View)|FormView)\b/;
