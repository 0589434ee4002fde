import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';

/** A handler of errors that a whole program was given, and that it has no more while it still answers. */
export interface LostErrorHandler {
  readonly range: Range;
  readonly name: string;
}

/** `app.use(errorHandler)`, `app.setErrorHandler(…)`, `app.onError(…)`, `@app.exception_handler(…)`, with no other in its place. */
export function* lostErrorHandlers({ removed, added, after, addedElsewhere }: RuleInput): Generator<LostErrorHandler> {
  const lost = removed.calls.filter((call) => handlerOf(call) !== undefined);
  if (lost.length === 0 || after === undefined) return;
  if (after.calls.some((call) => handlerOf(call) !== undefined) || addedElsewhere().calls.some((call) => handlerOf(call) !== undefined))
    return;
  // Nest is given one as a provider as well.
  if ([...added.options, ...addedElsewhere().options].some(({ value }) => /\bAPP_FILTER\b/.test(value))) return;
  // One function may set up all that the program is made of.
  const fresh = added.calls.some(({ callee, args }) => /error|exception|middleware|handlers/i.test(callee) && args.length > 0);
  if (fresh || !after.calls.some(({ callee, kind }) => kind === 'call' && SERVES.test(lastName(callee)))) return;
  const [first] = lost;
  if (first !== undefined) yield { range: first.range, name: handlerOf(first) ?? '' };
}

const SERVES =
  /^(?:use|register|get|post|put|delete|patch|route|include_router|listen|all|mount|useGlobalPipes|add_middleware|register_blueprint)$/;
const SETS =
  /^(?:setErrorHandler|onError|exception_handler|errorhandler|add_exception_handler|register_error_handler|setupExpressErrorHandler|useGlobalFilters|setupFastifyErrorHandler)$/;

function handlerOf({ callee, args, kind }: Call): string | undefined {
  if (kind === 'assertion') return undefined;
  const name = lastName(callee);
  if (SETS.test(name) && callee.includes('.')) return name;
  if (name !== 'use') return undefined;
  return args.find((argument) => {
    const text = words(/^[\w.$]+/.exec(argument)?.[0] ?? '');
    return (
      /\b(?:error|errors|exception|exceptions)\b/.test(text) &&
      /\b(?:handlers?|handle|middleware|on|boundary|catch|responder|mapper)\b/.test(text)
    );
  });
}
