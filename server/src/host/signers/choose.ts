import type { Signer } from '../../core/model/statement.ts';
import { openBrakelineKey } from './brakeline-key.ts';
import { openSshSigner } from './ssh.ts';

/** One value of git's configuration as the repository sees it, `user.signingkey`; undefined where it is not set. */
export type ConfigReader = (name: string) => string | undefined;

/** Environment variables by name, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The signer of a person: git's SSH signing key where one is configured and can be found, else the Brakeline key, which is
 * made on first use. A configured key that cannot be found is an AppError `key-refused`, not a silent change of identity;
 * OpenPGP and X.509 keys are not used.
 */
export async function chooseSigner(config: ConfigReader, environment: Environment): Promise<Signer> {
  const key = config('user.signingkey');
  if (config('gpg.format') !== 'ssh' || key === undefined || key === '') return openBrakelineKey(environment);
  return openSshSigner(key, environment);
}
