import type { Call } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';

const STORES =
  /\b(redis|client|cache|conn|connection|store|consul|etcd|zk|zookeeper|hazelcast|redisson|memcache\w*|backend|dlm|coordinator|rdb|valkey)$/;

/** A lock that a store keeps under a name: `client.lock(f"payout:{day}", timeout=60)`, `redisson.getLock("settle")`. */
export function isAskedByName({ callee, args }: Call): boolean {
  return (
    /^(lock|Lock|obtain|create_?lock|createLock|getLock|newLock|NewMutex|NewLock)$/.test(lastName(callee)) &&
    STORES.test(words(receiver(callee))) &&
    args.some((argument) => /^[bf]{0,2}['"`[]/.test(argument) || /(key|name|lock)$/i.test(argument))
  );
}
