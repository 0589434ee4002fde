import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/**
 * Calls that take for good what a call of the same function only put aside before: the same name with another verb (`admin_disable_user` and
 * `admin_delete_user`, `suspendTenant` and `deleteTenant`), and a file that went to the bin.
 */
export function exchangedVerbs(input: RuleInput): readonly Call[] {
  const { removed, added, after } = input;
  const soft = removed.calls.filter((call) => call.kind !== 'decorator' && (SETS_ASIDE.test(words(lastName(call.callee))) || toBin(call)));
  if (soft.length === 0) return [];
  return added.calls.filter((call) =>
    soft.some((old) => {
      if (!isTaken(old, call)) return false;
      const scope = counterpartScope(input, old.scope);
      const isHere = scope !== undefined && within(call.scope, scope);
      return isHere && after?.calls.some((other) => other.callee === old.callee && within(other.scope, scope)) !== true;
    }),
  );
}

const SETS_ASIDE =
  /\b(disable|deactivate|suspend|archive|block|stop|freeze|quarantine|retire|unpublish|cordon|hibernate|deallocate|discard|trash)\b/;
/** A verb alone is said of timers and players as well. */
const ALONE = /^(archive|suspend|deactivate|discard|trash|quarantine|retire)$/;
/** Parts of a page, and what listens. */
const ON_SCREEN =
  /\b(button|modal|dialog|toast|overlay|listeners?|timers?|observer|element|class|style|input|option|tooltip|menu|panel|tabs?|layer|marker|scroll|animation|cursor|propagation|event|track|player|watch|watcher|polling|interval)$/;
const TAKES = /\b(delete|remove|destroy|purge|terminate|erase|drop|wipe|del|expunge)\b/;

function isTaken(old: Call, now: Call): boolean {
  if (toBin(old)) return UNLINKS.test(lastName(now.callee));
  const [was, is] = [words(lastName(old.callee)), words(lastName(now.callee))];
  if (!TAKES.test(is) || TAKES.test(was)) return false;
  // A verb alone is that of many things: then it is asked of the same one.
  const rest = was.replace(SETS_ASIDE, '').trim();
  if (rest !== is.replace(TAKES, '').trim() || ON_SCREEN.test(rest)) return false;
  return rest !== '' || (ALONE.test(was) && receiver(old.callee) !== '' && receiver(old.callee) === receiver(now.callee));
}

/** `trash(file)`, `send2trash(path)`, `shell.trashItem(path)`: what is there can be taken out again. */
function toBin({ callee, args }: Call): boolean {
  return (
    args.length > 0 &&
    /^(trash|send2trash|moveToTrash|trashItem|trashItemAtURL|moveItemToTrash|move_to_trash|recycle)$/.test(lastName(callee))
  );
}

const UNLINKS =
  /^(unlink|unlinkSync|rm|rmSync|rmdir|remove|removeSync|rmtree|rimraf|delete|deleteIfExists|remove_file|remove_dir_all|Remove|RemoveAll)$/;
