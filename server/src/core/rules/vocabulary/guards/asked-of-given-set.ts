import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/**
 * True where a new function refuses what is none of a list, and is handed the values that the guard let through, and no other one:
 * `if user.role != Role::Admin { return Err(Forbidden) }` that is `user.require(&[Role::Admin])?`.
 */
export function isAskedOfGivenSet(input: RuleInput, guard: Guard): boolean {
  const parts = guard.test.split(/ && | and /).map((part) => /^([\w.]+) !==? ((?:\w+(?:\.|::))+\w+|'[^']+')$/.exec(part));
  const [subject] = parts.map((part) => part?.[1]);
  if (subject === undefined || parts.some((part) => part?.[1] !== subject)) return false;
  const allowed = new Set(parts.map((part) => part?.[2] ?? ''));
  return newCallsIn(input, guard.scope).some((call) => {
    const lists = call.args.map((argument) => itemsOf(argument));
    // Where a function cannot throw, its answer is what refuses.
    const isUnheard = call.use === 'discarded' && /^(?:go|rust)$/.test(input.after?.language ?? '');
    if (isUnheard || !lists.some((items) => isWithin(items, allowed))) return false;
    return newBodiesOf(input, call.callee).some(({ facts, place }) => {
      const parameters = (facts.symbols.find(({ name }) => name === place.name)?.parameters ?? []).filter(
        ({ name }) => !/^(?:&?self|cls|this)$/.test(name),
      );
      return parameters.some((parameter, at) => {
        // `*roles` of Python, `...roles` of TypeScript.
        const name = escaped(parameter.name.replace(/^[*.]+/, ''));
        // A list that takes what is left of the arguments.
        const given = lists[at] ?? (at === parameters.length - 1 ? call.args.slice(at) : []);
        const asks = new RegExp(
          `^!\\(?(?:${name}\\.(?:contains|includes|has)\\(|slices\\.Contains\\(${name}, )&?(?:[\\w]+\\.)*${escaped(lastName(subject))}(?:\\(\\))?\\)+$`,
        );
        return (
          isWithin(given, allowed) &&
          facts.guards.some(
            ({ scope, test, exit }) => within(scope, place.name) && (exit === 'throw' || exit === guard.exit) && asks.test(test),
          )
        );
      });
    });
  });
}

/** `Role::Admin` and `Role::Clerk` of `&[Role::Admin, Role::Clerk]`, `Set.of(ADMIN)`, `[]Role{Admin}`. */
function itemsOf(argument: string): readonly string[] {
  const inner =
    /^(?:&|vec!|new Set\(|(?:\[\][\w.]+))?[[{](.*)[\]}]\)?$/.exec(argument)?.[1] ??
    /^(?:List|Set|EnumSet)\.of\((.*)\)$/.exec(argument)?.[1];
  return inner === undefined ? [] : splitSource(inner, ',');
}

function isWithin(items: readonly string[], wanted: ReadonlySet<string>): boolean {
  return items.length > 0 && items.every((item) => wanted.has(item));
}
