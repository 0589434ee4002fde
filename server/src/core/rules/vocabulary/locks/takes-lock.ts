import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAskedByName } from './store-locks.ts';

const LOCKED =
  /\b(mutex|mu|lock|locks|locker|locking|rw lock|rwlock|semaphore|sem|critical|redlock|lockfile|latch|monitor|advisory|singleton lock|guard lock)\b/;
const TAKES =
  /^(lock|Lock|RLock|rlock|try_?lock|tryLock|TryLock|acquire|Acquire|runExclusive|withLock|with_lock|using|lockInterruptibly|readLock|writeLock|read|write|synchronized|enter|pg_advisory_lock|get_?lock|obtain|withMutex|exclusive|serialize|Wait|wait|withAdvisoryLock|with_advisory_lock|blocking_lock|RunExclusive|waitForUnlock|use|setnx|Do)$/;

/** A call that takes a lock, by its name, by what it is asked of, or by what it is given. */
export function takesLock(call: Call, path: string): boolean {
  const name = lastName(call.callee);
  const text = words(call.callee);
  if (call.kind === 'decorator')
    return /^(Synchronized|synchronized|lock|with_?lock|locked|SchedulerLock|Lock|Lockable|cache_lock|distributed_lock|Exclusive|Mutex)$/.test(
      call.callee,
    );
  if (/^(unlock|Unlock|RUnlock|release|Release|drop|file_lock|isLocked|is_locked|locked)$/.test(name)) return false;
  if (/^(?:flock|Flock|lockf|LockFileEx)$/.test(name)) return call.args.some((argument) => /LOCK_(?:EX|SH)\b/.test(argument));
  if (call.args.some((argument) => /pg_(try_)?advisory(_xact)?_lock|GET_LOCK\(/.test(argument))) return true;
  if (/^(set)$/.test(name))
    return call.args.some((argument) => /^['"]?NX['"]?$|\bNX: true|nx=True/.test(argument)) && /lock/i.test(call.args.join(' '));
  if (
    /^(withLock|with_lock|withMutex|runExclusive|withAdvisoryLock|with_advisory_lock|synchronized|acquireLock|acquire_lock|obtainLock|withDistributedLock|lockForUpdate|takeLock|redlockUsing)$/.test(
      name,
    )
  )
    return true;
  if (/^(?:Soft|Unix|Windows)?FileLock$|^InterProcess\w*Lock$/.test(name)) return true;
  if (isAskedByName(call)) return true;
  return (
    TAKES.test(name) &&
    // An editor that is locked is no lock; Go embeds one in what it protects.
    LOCKED.test(/\.(go|java|rs)$/.test(path) ? text : words(receiver(call.callee))) &&
    !/\b(wake lock|screen lock|scroll lock|pointer|orientation|lock screen|package lock|block|clock|time lock|account)\b/.test(text)
  );
}

/** Any lock is taken in the function, in whatever way the language writes it; without facts nobody can tell that none is. */
export function hasLock(facts: SourceFacts | undefined, scope: string, path: string): boolean {
  if (facts === undefined) return true;
  const guards = path.endsWith('.rs') ? guardedFields(facts) : undefined;
  return (
    facts.calls.some(
      (call) =>
        within(call.scope, scope) &&
        (takesLock(call, path) ||
          (/^(?:read|write|lock)$/.test(lastName(call.callee)) && guards?.has(lastName(receiver(call.callee))) === true)),
    ) || /\bsynchronized\b|\bwith [^:]{0,80}(lock|mutex|sem)/i.test(tokensOf(facts, scope))
  );
}

/** Fields of Rust that a lock guards: `names: RwLock<Vec<String>>`. */
const guardedFields = keepOf(
  (facts: SourceFacts): ReadonlySet<string> =>
    new Set(
      [...tokensOf(facts, '').matchAll(/\b(\w+):(?:Arc<)?(?:\w+::){0,3}(?:RwLock|Mutex|FairMutex|ReentrantMutex)</g)].map(
        ([, name = '']) => name,
      ),
    ),
);
