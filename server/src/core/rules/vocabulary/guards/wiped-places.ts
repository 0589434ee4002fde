import type { Call, Command, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { deletesFound } from '../shell/delete-commands.ts';

/** The place where it runs: host, role, environment, cluster, and a variable that must be set. */
export function asksWhere(test: string): boolean {
  if (/['"`](prod|production|live|staging|local|localhost|dev|development|demo|sandbox|qa|preview)['"`]/i.test(test)) return true;
  return /\b(process\.env|os\.environ|os\.getenv|getenv|Getenv|env::var|hostname|gethostname|NODE_ENV|RAILS_ENV|APP_ENV|is_?prod\w*|isReplica|is_?replica|is_?primary|isPrimary|isLeader|is_?leader|is_?master|read_?only|environment|\w*[cC]luster_?[nN]ame|host|settings\.DEBUG|pg_is_in_recovery)\b/.test(
    test,
  );
}

/** A function of this file that refuses for other reasons, and does not ask where it runs. */
export function isSilentAboutPlace({ after }: RuleInput, callee: string): boolean {
  const own = after?.scopes.find(({ name }) => name === lastName(callee))?.name;
  return own !== undefined && after?.guards.some((guard) => within(guard.scope, own) && asksWhere(guard.test)) === false;
}

/** The part that a server or a host plays, or the stage that it serves. */
const PART =
  /\b(?:role|roles|primary|replica|standby|secondary|leader|follower|master|slave|recovery|is in recovery|ismaster|stage|environment|env|hostname|prod|production|live)\b/;

/** A test of a script that asked which part the host plays, before what goes on to delete the data of a server. */
export function wipesInScript({ after }: RuleInput, test: Command): boolean {
  if (after === undefined || !PART.test(words(test.written)) || /^(?:test|\[\[?) (?:! )?-[a-z] /.test(test.written)) return false;
  return after.commands.some((command) => (command.scope === test.scope || test.scope === '') && wipes(command));
}

/** The same in a program: the function, or one of the file that it calls, deletes a directory of data or a database. */
export function wipesHere({ before, after }: RuleInput, { scope, test }: Guard): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (after === undefined || now === undefined || !PART.test(words(test))) return false;
  return after.calls.some((call) => within(call.scope, now) && removesData(after, call));
}

/** What a server keeps its data in, by its name or its place. */
const DATA =
  /\b(?:pg ?data|data|data ?dir|datadir|data directory|datafile|db ?path|var lib (?:postgres\w*|mysql|mongo\w*|redis|cassandra|elasticsearch|etcd|clickhouse|kafka|rabbitmq)|postgres\w*|mysql|mongo\w*|cassandra|wal|volume)\b/;

function wipes(command: Command): boolean {
  const { name, written, words: parts } = command;
  if (/^(?:dropdb|mkfs(?:\.\w+)?|wipefs|lvremove|shred|blkdiscard)$/.test(name)) return true;
  if (name === 'zfs' || name === 'zpool') return parts[1]?.text === 'destroy';
  if (/^(?:psql|mysql|mysqladmin|mongosh?|redis-cli|clickhouse-client)$/.test(name))
    return /\bdrop (?:database|schema)\b|\bdropDatabase\b|\bflushall\b/i.test(written);
  const isRecursive = name === 'rm' && parts.some(({ text }) => /^-\w*[rR]|^--recursive$/.test(text));
  return (isRecursive || (name === 'find' && deletesFound(command))) && DATA.test(words(written));
}

function removesData({ language }: SourceFacts, { callee, args }: Call): boolean {
  const name = words(lastName(callee));
  if (/^(?:drop (?:database|schema|all)|flush ?all|wipe (?:data\w*|disk|volume))\b/.test(name)) return true;
  if (args.some((argument) => /\bDROP (?:DATABASE|SCHEMA)\b/i.test(argument))) return true;
  const isTree =
    /^(?:rmtree|rm|rm sync|rm rf|rimraf|remove ?all|remove dir all|remove recursively|delete directory|delete recursively|empty dir\w*|clean directory)$/.test(
      name,
    ) ||
    (language === 'java' && name === 'delete if exists');
  return isTree && DATA.test(words(args.join(' ')));
}
