import { CODE, DOCUMENTS, type Mention, type ThingKind } from './thing-kind.ts';

const FILES: readonly string[] = [...DOCUMENTS, ...CODE, '.tf', '.tofu', '.sh', '.env', 'Makefile', 'Dockerfile'];

/**
 * An object by its name: its own manifest, and whoever names it (`configMapRef`, `secretName`, `claimName`, a host name, a command).
 * The name of an object of another kind is somebody else's.
 */
export const kubernetes: ThingKind = {
  forms: ({ name }) => [name],
  extensions: FILES,
  judge(mention, { within }) {
    if (!isManifestName(mention)) return 'use';
    const kind = kindOf(mention);
    return within === undefined || kind === undefined || kind === within ? 'definition' : undefined;
  },
};

/** A label: `within` is its value. Selectors and templates are written alike, so all are uses but the name itself in prose. */
export const label: ThingKind = {
  forms: ({ name, within }) => [within ?? name],
  extensions: FILES,
  judge({ before, after, text, at }, { name, within }) {
    if (within === undefined) return 'use';
    const key = name.replace(/[^\w]/g, '\\$&');
    // `app: web`, `"app": "web"`, `app = "web"`, `-l app=web`, `{key: app, values: [web]}` over several lines.
    if (new RegExp(`${key}["']?\\]?\\s*[:=]+\\s*["']?$`).test(before)) return 'use';
    const around = text.slice(Math.max(0, at - 200), at + 200);
    return /values?:?\s*\[?|^\s*-\s*["']?$/.test(before) && new RegExp(`key:\\s*["']?${key}\\b`).test(around) && !/^[\w]/.test(after)
      ? 'use'
      : undefined;
  },
};

/** `name: web` directly under `metadata:`. */
function isManifestName({ before, text, at, path }: Mention): boolean {
  if (!/\.(ya?ml|json|tpl)$/.test(path) || !/^\s*"?name"?:\s*["']?$/.test(before)) return false;
  const indent = /^\s*/.exec(before)?.[0].length ?? 0;
  const above = text
    .slice(0, at - before.length)
    .split('\n')
    .reverse();
  const parent = above.find((line) => line.trim() !== '' && (/^\s*/.exec(line)?.[0].length ?? 0) < indent);
  // A template of pods has metadata of its own, deeper down.
  return parent !== undefined && /^"?\s{0,2}"?metadata"?:/.test(parent);
}

/** The kind of the document that the mention stands in. */
function kindOf({ text, at }: Mention): string | undefined {
  const start = Math.max(0, text.lastIndexOf('\n---', at));
  const next = text.indexOf('\n---', at);
  return /^[ \t\ufeff]*"?kind"?:\s*["']?(\w+)/m.exec(text.slice(start, next < 0 ? text.length : next))?.[1];
}
