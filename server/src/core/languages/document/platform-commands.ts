import type { RepoPath } from '../../model/tree.ts';

/** Keys at the end of a path whose text a hosting platform runs for the service, each with the files that have them. */
const PLATFORMS: readonly { readonly files: RegExp; readonly keys: RegExp }[] = [
  { files: /(^|\/)fly(\.[\w-]+)?\.toml$/, keys: /^(deploy\/release_command|processes\/[\w-]+|experimental\/cmd(\/\d+)?)$/ },
  { files: /(^|\/)render\.ya?ml$/, keys: /(^|\/)(preDeployCommand|startCommand|buildCommand|initialDeployHook|dockerCommand)$/ },
  { files: /(^|\/)app\.json$/, keys: /^scripts\/(postdeploy|predeploy|dokku\/(pre|post)deploy)$/ },
  { files: /(^|\/)heroku\.ya?ml$/, keys: /^(release\/command(\/\d+)?|run\/[\w-]+(\/command(\/\d+)?)?)$/ },
  { files: /(^|\/)railway\.(toml|json)$/, keys: /(^|\/)(startCommand|buildCommand|preDeployCommand(\/\d+)?)$/ },
  { files: /(^|\/)nixpacks\.(toml|json)$/, keys: /(^|\/)(phases\/[\w-]+\/cmds\/\d+|start\/cmd|startCmd|buildCmd)$/ },
  { files: /(^|\/)(vercel|netlify)\.(toml|json)$/, keys: /^(build\/command|buildCommand|installCommand|context\/production\/command)$/ },
  { files: /(^|\/)(\.do\/)?app(-spec|-platform)?\.ya?ml$/, keys: /^(jobs|services|workers)\/[^/]+\/(run_command|build_command)$/ },
];

/** Commands of a hosting platform's own file: a release command, what runs in front of a deployment, how a process starts. */
export function isPlatformCommand(keys: readonly string[], path: RepoPath): boolean {
  const platform = PLATFORMS.find(({ files }) => files.test(path));
  return platform?.keys.test(keys.join('/')) === true;
}
