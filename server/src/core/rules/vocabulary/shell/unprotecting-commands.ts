import type { Command } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { dryFlag } from './command-parts.ts';
import { spawnedCommands } from './spawned.ts';

/** Switches of the programs of clouds that take a protection off. */
const SWITCH =
  /^--(no-(deletion-protection(-enabled)?|disable-api-termination|disable-api-stop|enable-termination-protection|enable-deletion-protection|termination-protection|delete-protection|retain|enable-purge-protection)|disable-(deletion|termination|delete)-protection|unprotect)$/;
/** The same as a value: `--deletion-protection=false`, `Key=deletion_protection.enabled,Value=false`, `--enable-delete-lock false`. */
const VALUE =
  /(^|[-_ ,=])(deletion|termination|delete|purge)[-_]protection(\.enabled|[-_]enabled)?(,Value)?[= ]["']?(false|disabled|Disabled|off)\b/;
const UNLOCKS =
  /^(az (\w+ )?lock delete|pulumi state unprotect|gcloud alpha resource-manager liens delete|aws s3api put-object-legal-hold|aws backup delete-backup-vault-lock-configuration|az storage account blob-service-properties update .*--enable-delete-retention false)\b/;

/** Commands of this hunk, of scripts and started by a program, that take a protection off, and that nothing of the base said. */
export function unprotectingCommands({ added, before }: RuleInput): readonly Command[] {
  const old = new Set(before?.commands.filter(takesOff).map(({ written }) => written));
  const isOld = (command: Command): boolean =>
    old.has(command.written) || (before?.commands.some((one) => one.name === command.name && takesOff(one)) ?? false);
  return [...added.commands, ...spawnedCommands(added)].filter(
    (command) => takesOff(command) && dryFlag(command) === undefined && !isOld(command),
  );
}

function takesOff({ name, words, written }: Command): boolean {
  if (!/^(aws|gcloud|az|pulumi|doctl|scw|hcloud|oci|ibmcloud|pscale|atlas|linode-cli|exo|eksctl|heroku|fly|flyctl)$/.test(name))
    return false;
  return (
    words.some(({ text }) => SWITCH.test(text)) ||
    VALUE.test(written) ||
    UNLOCKS.test(written) ||
    UNLOCKS.test(words.map(({ text }) => text).join(' '))
  );
}
