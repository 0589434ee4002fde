import type { Call, Resource } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { tokenTexts } from '../code/token-lines.ts';

/**
 * The call of a function, of this file or of another one of the change, that makes a construct of the same kind under the id it
 * is given, whole (`this.bucket('Source')`) or with something before or behind it (`${name}Alarm`), where this file gives such a name.
 */
export function madeByFunction({ type, name }: Resource, { after, addedElsewhere }: RuleInput): Call | undefined {
  if (after === undefined) return undefined;
  const isGiven = (rest: string, made: Call): boolean =>
    after.calls.some(({ callee, args }) => callee !== made.callee && args.some((argument) => literal(argument) === rest));
  // A function is given the name by whoever calls it; a loop takes it from a list.
  const isNamed = (rest: string, { scope }: Call): boolean => {
    const owners = scope.split('.').slice(-2);
    const asking = after.calls.filter(
      ({ callee, kind }) => kind !== 'decorator' && callee !== 'super' && owners.includes(lastName(callee)),
    );
    if (asking.length > 0) return asking.some(({ args }) => args.some((argument) => literal(argument) === rest));
    return [`'${rest}'`, `"${rest}"`, `\`${rest}\``].some((text) => tokenTexts(after).has(text));
  };
  return [...after.calls, ...addedElsewhere().calls].find((call) => {
    const { kind, callee, args } = call;
    if (kind !== 'new' || !type.endsWith(`:${callee}`)) return false;
    if (args.some((argument) => /^[A-Za-z_]\w*$/.test(argument) && argument !== 'this') && isGiven(name, call)) return true;
    return args.slice(0, 2).some((argument) => {
      const rest = holeOf(argument, name);
      return rest !== undefined && rest !== '' && isNamed(rest, call);
    });
  });
}

/** What stands in the one hole of a template where it gives the name: `Thumbnail` of `${name}Alarm` for `ThumbnailAlarm`. */
function holeOf(argument: string, name: string): string | undefined {
  const [, ahead, behind] = /^`([\w-]{0,80})\$\{[^{}`]{1,80}\}([\w-]{0,80})`$/.exec(argument) ?? [];
  if (ahead === undefined || behind === undefined || ahead.length + behind.length > name.length) return undefined;
  return name.startsWith(ahead) && name.endsWith(behind) ? name.slice(ahead.length, name.length - behind.length) : undefined;
}
