import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { isValidation } from './validators.ts';

const CHECKS =
  /^(Valid|Validate\w*|UsePipes|Is[A-Z]\w+|Min|Max|MinLength|MaxLength|Length|Matches|NotNull|NotBlank|validator|field_validator|model_validator|root_validator|validates|validates_schema|validate|validate_arguments|validate_call|validate_json|use_args|use_kwargs|expects_json)$/;

/** Says where a parameter comes from or what is noted of the call, and checks nothing. */
const SUPPLIES =
  /^(Request(Header|Param|Body|Part|Attribute)|PathVariable|CookieValue|MatrixVariable|ModelAttribute|AuthenticationPrincipal|Param|Query|Headers?|Body|Res|Req|Ip|Session|UploadedFiles?|HttpCode|ResponseStatus|Timed|Counted|Logged|Api[A-Z]\w*|Operation|Parameter|Deprecated|Override)$/;

/** Decorators by which a framework checked what comes in. */
export function* lostDecorators(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !CHECKS.test(lastName(call.callee))) continue;
    if (lostMethod(input, call)) {
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`@${shorten(call.callee, 24)}\` left with \`${shorten(call.scope, 28)}\``),
      };
      continue;
    }
    const stays = input.after?.symbols.some((symbol) => symbol.name === call.scope) ?? false;
    // What stands on the class has another purpose, unless it checks as well.
    const count = (side: 'before' | 'after'): number =>
      input[side]?.calls.filter(
        (other) =>
          other.kind === 'decorator' &&
          ((other.scope === call.scope && !SUPPLIES.test(lastName(other.callee))) ||
            (within(call.scope, other.scope) && CHECKS.test(lastName(other.callee)))),
      ).length ?? 0;
    const [old, now] = [count('before'), count('after')];
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
export function* undeclaredBodies(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.symbols) {
    const now = symbolsNamed(input.after, old.name).find((symbol) => symbol.kind === old.kind);
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
        (/\b(Json|Form|Query)<(?!.*\bValue>)\w/.test(parameter.type) &&
          /\b(Json|Form|Query)<[\w:]*Value>/.test(now.parameters[at]?.type ?? '')) ||
        isExtractedUnchecked(
          parameter.type,
          now.parameters.map(({ type }) => type),
        ),
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

/** axum's and actix' extractors that ask the value's own checks, and the plain one of the same value now: `ValidatedJson<T>`, `Json<T>`. */
function isExtractedUnchecked(old: string, now: readonly string[]): boolean {
  const value = /\b(?:Valid\w*|Garde\w*|WithValidation|WithRejection|\w*Valid(?:ated)?(?:Json|Form|Query))<(?:[\w:]+<)?(\w+)/.exec(
    old,
  )?.[1];
  return (
    value !== undefined &&
    now.some((type) => new RegExp(`\\b(?:Json|Form|Query)<${value}\\b`).test(type)) &&
    now.every((type) => !type.includes(value) || !/valid|garde/i.test(type))
  );
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
export function* raisedErrors(input: RuleInput): Iterable<FindingDraft> {
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
