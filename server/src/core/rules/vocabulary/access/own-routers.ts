import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';

/**
 * `app.use('/admin/*', auth)` that is `admin.use('*', auth)` of a router which stands at that address now, and `app.Group('/admin', auth)`
 * whose group says it by itself: `admin.Use(auth)`.
 */
export function isOnOwnRouter({ after }: RuleInput, fresh: readonly Call[], call: Call, gone: readonly string[]): boolean {
  const prefix = literal(call.args[0])?.replace(/(?<![/*])[/*]+$/, '');
  if (after === undefined || prefix === undefined || prefix === '') return false;
  const isThere = (other: Call): boolean => literal(other.args[0])?.replace(/(?<![/*])[/*]+$/, '') === prefix;
  const mounts = fresh.filter((other) => /^use$/i.test(lastName(other.callee)) && !literal(other.args[0])?.startsWith('/'));
  return gone.every((item) =>
    mounts.some((mount) => {
      const router = receiver(mount.callee);
      const isMountedThere = after.calls.some((other) => isThere(other) && other.args.length > 1 && other.args.at(-1) === router);
      const made = boundAbove(after, router, mount.range.start.line) ?? '';
      const isGroup =
        /\. (?:Group|group|Party|Subrouter) \($/.test(made.slice(0, made.indexOf('(') + 1)) &&
        after.calls.some(
          (other) => /^(?:Group|group|Party)$/.test(lastName(other.callee)) && isThere(other) && other.scope === mount.scope,
        );
      return (isMountedThere || isGroup) && mount.args.includes(item);
    }),
  );
}
