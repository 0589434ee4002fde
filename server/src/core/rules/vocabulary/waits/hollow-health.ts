import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/**
 * The handler behind a readiness probe that asked a store or a peer and asks nobody now: it answers `ok` whatever happened. One that
 * asks through another function still asks.
 */
export function* hollowHealth(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const call of input.removed.calls) {
    if (!isHealth(call.scope) || !asks(call) || told.has(call.scope)) continue;
    told.add(call.scope);
    const scope = counterpartScope(input, call.scope) ?? call.scope;
    const left = input.after?.calls.filter((other) => other.scope === scope) ?? [];
    if (left.length === 0 || left.some((other) => asks(other) || !ANSWERS.test(lastName(other.callee)))) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`${quote(nameOf(scope), 26)} answers without asking ${quote(call.callee, 26)}`),
    };
  }
}

/** The last part of a scope: `Server.ready`, `app.get('/readyz')`. */
function isHealth(scope: string): boolean {
  return HEALTH.test(nameOf(scope));
}

function nameOf(scope: string): string {
  return /\(['"`][^'"`]*['"`]\)$/.exec(scope)?.[0].slice(2, -2) ?? scope.slice(scope.lastIndexOf('.') + 1);
}

const HEALTH =
  /^(?:[/\w]*[/_])?(?:(?:handle|check|get|is)_?)?(?:health(?:_?check|z|y)?|ready(?:z|_?check)?|readiness(?:_?(?:check|probe))?)(?:_?handler)?$/i;

function asks({ callee }: Call): boolean {
  return ASKS.test(words(lastName(callee))) || STORE.test(words(callee));
}

const ASKS =
  /\b(?:ping|query|execute|exec|select|check|checks|is healthy|is ready|is connected|is valid|probe|connection|cursor|verify|status of)\b/;
const STORE =
  /\b(?:db|database|redis|pool|kafka|rabbit|mongo|prisma|engine|session|broker|cache|queue|datasource|data source|jdbc template|client)\b/;
/** What only answers and tells. */
const ANSWERS =
  /^(?:status|send|json|end|write|Write|WriteHeader|WriteString|Fprint\w*|ok|build|body|jsonify|Response|JSONResponse|JsonResponse|HttpResponse|String|JSON|NoContent|status_code|into_response|Ok|Json|header|set|Header|Set|type|info|debug|log|Println|sendStatus|text|Encode|NewEncoder|up|builder|to_string)$/;
