import type { SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { within } from '../rules/vocabulary/code/counterpart.ts';
import { factsWithin } from '../rules/vocabulary/code/facts-by-place.ts';
import { keepOf } from '../rules/vocabulary/code/kept.ts';
import type { Voucher } from './vouchers.ts';

/** A function that a framework runs in front of others: one that is registered by its decorator, hands on to what comes next, or is named so. */
export function isInFrontOfOthers(facts: SourceFacts, scope: string): boolean {
  const parts = scope.split('.');
  if (parts.some((part) => FRAMEWORK.test(part))) return true;
  if (facts.calls.some(({ kind, scope: own, callee }) => kind === 'decorator' && own === scope && FRONT_DECORATOR.test(callee)))
    return true;
  return factsWithin(facts.calls, scope).some(
    ({ callee, scope: own }) => within(own, scope) && /^(?:next|ServeHTTP|proceed|doFilter|call_next)$/.test(lastName(callee)),
  );
}

const FRAMEWORK =
  /Middleware$|Guard$|Interceptor$|Filter$|Aspect$|Policy$|Plugin$|Directive$|Listener$|Subscriber$|Permission$|^(?:use|canActivate|intercept|preHandle|doFilter|process_request|process_view|dispatch|before_request|before_action|initial|check_permissions|has_permission|has_object_permission|get_current_user|__call__|__enter__|__init__|constructor|onRequest|beforeEach|beforeHandle)$/;
const FRONT_DECORATOR =
  /before|around|middleware|hook|listener|receiver|event|subscribe|depend|fixture|process|aspect|pointcut|register|validator/i;

/** Decorators that only change what a function is to those who call it. */
const INERT =
  /^(?:contextmanager|asynccontextmanager|wraps|staticmethod|classmethod|property|cached_property|lru_cache|cache|Nullable|SuppressWarnings|Deprecated)$/;

/** A name that a framework, the language or whoever loads the file by its place calls. */
export function isCalledFromOutside({ facts, place, name, file }: Voucher): boolean {
  if (
    /^(?:__\w+__|main|init|constructor|handler|handle|default|setUp|loader|action|middleware|proxy|register|setup|up|down|GET|POST|PUT|PATCH|DELETE|get[A-Z]\w*Props)$/.test(
      name,
    )
  )
    return true;
  if (
    facts.calls.some(
      ({ kind, callee, scope, range }) =>
        kind === 'decorator' && !INERT.test(lastName(callee)) && (scope === place.name || range.start.line === place.startLine),
    )
  )
    return true;
  // Whoever imports a default calls it as they like, and some build the name that they call.
  if (tokensOn(facts, place.startLine, place.startLine).some(({ text }) => text === 'default') || buildsNames(facts)) return true;
  const symbol = facts.symbols.find((each) => each.name === place.name);
  if (symbol === undefined) return place.name.includes('(') || !isPlainFunction(facts, place.name);
  if (symbol.kind !== 'method')
    return /(?:^|\/)(?:middleware|proxy|instrumentation|conftest)\.\w+$/.test(file.file.path) && symbol.exported;
  const owner = place.name.slice(0, Math.max(0, place.name.lastIndexOf('.')));
  // Somebody who knows the class it extends may call it, and whoever its decorator tells.
  if (isExtending(facts, owner) && !(facts.language === 'python' && /^_[^_]/.test(name))) return true;
  if (facts.calls.some(({ kind, scope }) => kind === 'decorator' && scope === owner)) return true;
  return facts.language === 'go' && /^[A-Z]/.test(name);
}

const buildsNames = keepOf(({ tokens }: SourceFacts): boolean =>
  tokens.some(
    ({ text }, at) =>
      /^(?:getattr|globals|locals|Reflect|MethodByName|getMethod|getDeclaredMethod)$/.test(text) ||
      (/^(?:this|exports)$/.test(text) && tokens[at + 1]?.text === '['),
  ),
);

function isExtending(facts: SourceFacts, owner: string): boolean {
  const place = facts.scopes.find(({ name }) => name === owner);
  if (place === undefined) return false;
  const words = tokensOn(facts, place.startLine, place.startLine + LONGEST_HEAD).map(({ text }) => text);
  const head = words.slice(words.indexOf('class'), words.indexOf('{', words.indexOf('class')));
  const bases = head.indexOf('(');
  return (
    head.some((text) => /^(?:extends|implements)$/.test(text)) || (facts.language === 'python' && bases >= 0 && head[bases + 1] !== ')')
  );
}

const LONGEST_HEAD = 8;

/** A function without a symbol of its own: a local one, or one that a name is bound to. */
function isPlainFunction(facts: SourceFacts, scope: string): boolean {
  return scope.includes('.') ? facts.scopes.some(({ name }) => name === scope.slice(0, scope.lastIndexOf('.'))) : true;
}
