import type { Setting } from '../../../model/facts.ts';

/** Another package under the name that everybody asks for. */
export interface ExchangedPackage {
  readonly name: string;
  readonly target: string;
}

/** `overrides: { "a": "npm:b@1" }` of npm, pnpm and yarn (`resolutions`); undefined for a version of the package itself. */
export function exchangedPackage({ path, value }: Setting, before: Setting | undefined): ExchangedPackage | undefined {
  if (!path.some((part) => /^(?:overrides|resolutions)$/.test(part))) return undefined;
  const target = /^npm:((?:@[^/@]+\/)?[^@]+)/.exec(String(value))?.[1];
  // `parent>a` and `a@1` say of which `a`.
  const last = (path.at(-1) ?? '').split('>').at(-1) ?? '';
  const version = last.indexOf('@', 1);
  const name = version < 0 ? last : last.slice(0, version);
  return target === undefined || target === name || String(before?.value ?? '').startsWith(`npm:${target}`) ? undefined : { name, target };
}
