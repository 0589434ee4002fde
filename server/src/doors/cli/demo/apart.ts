/** Variables that would lead git or a signer to something of the person's own. */
const DROPPED = /^(GIT_|SSH_AUTH_SOCK$|XDG_CONFIG_HOME$|BRAKELINE_CONFIG_HOME$|HOME$|USERPROFILE$|APPDATA$)/;

/**
 * Does work in an environment that knows nothing of the person: no home, no git configuration, no agent, no key but the one
 * made under `home`. Git is started with this process's own variables, so these are exchanged for the time of the work.
 */
export async function apart<T>(home: string, work: (env: Readonly<Record<string, string | undefined>>) => Promise<T>): Promise<T> {
  const own = { ...process.env };
  for (const name of Object.keys(process.env)) if (DROPPED.test(name)) delete process.env[name];
  const env = { HOME: home, USERPROFILE: home, BRAKELINE_CONFIG_HOME: home, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  Object.assign(process.env, env);
  try {
    return await work({ ...process.env });
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, own);
  }
}
