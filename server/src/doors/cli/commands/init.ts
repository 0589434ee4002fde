import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../../../core/attest/ssh-key.ts';
import { AppError } from '../../../host/app-error.ts';
import { initPolicy } from '../../../host/policy/init-policy.ts';
import { POLICY_PATH, SIGNERS_PATH } from '../../../host/policy/load-policy.ts';
import { openRepository } from '../../../host/repository.ts';
import { configReader } from '../../../host/sign-session.ts';
import { hasBrakelineKey } from '../../../host/signers/brakeline-key.ts';
import { chooseSigner } from '../../../host/signers/choose.ts';
import { type Arguments, type Command, type CommandContext, type ExitStatus, NO_OPERANDS } from '../command.ts';
import { signingPlace } from '../signing.ts';

export const command: Command = {
  name: 'init',
  operands: NO_OPERANDS,
  summary: 'write a commented policy and the first allowed signer; never overwrites',
  options: {},
  details: [`Writes ${POLICY_PATH} and ${SIGNERS_PATH}. They count once they are committed on the branch that changes are merged into.`],
  run: init,
};

async function init(_: Arguments, context: CommandContext): Promise<ExitStatus> {
  const repository = openRepository(context.cwd);
  try {
    const place = signingPlace(repository, context);
    const config = configReader(place.root);
    const principal = config('user.email');
    if (principal === undefined)
      throw new AppError('bad-usage', 'expected user.email in the git configuration, found none: it names you in allowed_signers');
    const hadKey = await hasBrakelineKey(context.env);
    const signer = await chooseSigner(config, context.env);
    if (!hadKey && (await hasBrakelineKey(context.env))) context.out.write(`made a key of your own: ${signer.label}\n`);
    const files = initPolicy({ principal, publicKey: signer.publicKey });
    const wrotePolicy = await writeUnlessThere(place.root, POLICY_PATH, files.policy, context);
    const trusted = await writeUnlessThere(place.root, SIGNERS_PATH, files.allowedSigners, context);
    const fingerprint = keyFingerprint(signer.publicKey);
    if (trusted) context.out.write(`${principal} signs with ${signer.label} (${fingerprint})\n`);
    else if (!(await lists(path.join(place.root, SIGNERS_PATH), signer.publicKey)))
      context.out.write(
        `your key (${signer.label}, ${fingerprint}) is not in ${SIGNERS_PATH}: what you sign counts once this line of it is on the main branch\n  ${lastLine(files.allowedSigners)}\n`,
      );
    const written = [wrotePolicy, trusted].filter(Boolean).length;
    const [what, them] = written === 2 ? ['both files', 'them'] : ['that file', 'it'];
    if (written > 0) context.out.write(`next: commit ${what} on the main branch, from where verify reads ${them}\n`);
    return 0;
  } finally {
    repository.close();
  }
}

/** Whether the file names this key, whoever it says that it belongs to. */
async function lists(file: string, publicKey: string): Promise<boolean> {
  const [, body = publicKey] = publicKey.split(' ');
  return (await readFile(file, 'utf8')).includes(body);
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** A policy that is there is the team's word; `init` twice changes nothing. */
async function writeUnlessThere(root: string, name: string, text: string, context: CommandContext): Promise<boolean> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EEXIST') throw cause;
    context.out.write(`kept ${name}, which was there\n`);
    return false;
  }
  context.out.write(`wrote ${name}\n`);
  return true;
}
