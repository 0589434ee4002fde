import type { Command } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { changedCommands } from '../shell/command-parts.ts';

/** A server that was started with a demand to say who asks, and is started without it now. */
export interface UnguardedServer {
  readonly flag: string;
  readonly server: string;
  readonly range: Range;
}

/** What waits for others, by its name: a client that loses its password is refused, and a server lets everybody in. */
const SERVER =
  /^(?:[\w-]*server|mongod|mongos|etcd|dockerd|memcached|influxd|slapd|rsyncd|jupyter(?:-lab|-notebook)?|prometheus|alertmanager|[\w-]+_exporter|ttyd|gotty|ngrok|registry|rclone|kubelet|filebrowser|minio|traefik|clickhouse|surreal|meilisearch|qdrant|vault|consul|nomad)$/;

const DEMANDS =
  /\b(?:auth|authorization|authentication|requirepass|masterauth|password|passwd|pass|credentials?|htpasswd|basic auth|client ca|client cert|tls ?verify|tls auth clients|acl ?file|acl|token|sasl|key ?file|api key|master key|web config|user)\b/;

/** Flags of a server's command line that asked who somebody is, gone while nothing of the kind is left on it or is read from a file. */
export function* unguardedServers(input: RuleInput): Iterable<UnguardedServer> {
  for (const { before, after } of changedCommands(input)) {
    if (!SERVER.test(after.name) || before.name !== after.name) continue;
    const [lost] = demandsOf(before);
    if (lost === undefined || demandsOf(after).length > 0 || isToldElsewhere(input, after)) continue;
    yield { flag: lost, server: after.name, range: after.range };
  }
}

/** `--requirepass`, `--auth`, `--client-cert-auth=true`: not one that is turned off. */
function demandsOf({ words: said }: Command): readonly string[] {
  return said.flatMap(({ text }, at) => {
    const [, flag = '', value = said[at + 1]?.text ?? ''] = /^-{1,2}([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(text) ?? [];
    const isOff = /^(?:false|none|no|off|0|"")$|^''$/.test(value);
    return flag.length > 2 && DEMANDS.test(words(flag)) && !isOff && !/^no-|^skip-|^disable-|^without-/.test(flag) ? [`--${flag}`] : [];
  });
}

/** A file or a variable of the same service may say it now. */
function isToldElsewhere({ added }: RuleInput, after: Command): boolean {
  const isFile = after.words.some(({ text }) => /\.(?:conf|config|ya?ml|toml|json|ini|acl|cnf)$/.test(text));
  const isSet = added.settings.some(
    ({ path, value }) =>
      DEMANDS.test(words(path.at(-1) ?? '')) || (typeof value === 'string' && /^\w*(?:PASS|AUTH|TOKEN|SECRET)\w*=/.test(value)),
  );
  return isFile || isSet;
}
