import type { Ecosystem } from './popular-packages.ts';

/** How firmly a version is named: 3 by content or commit, 2 exactly, 1 within bounds, 0 by nothing. */
export type Firmness = 0 | 1 | 2 | 3;

/** Reads a version as any of the manifests write it: npm, Python, Cargo, Go, Maven and Gradle. */
export function firmnessOf(version: string, ecosystem: Ecosystem): Firmness {
  const text = version.trim().replace(/^["']|["']$/g, '');
  if (ecosystem === 'maven') return mavenFirmness(text);
  if (/^(|\*|x|latest|next|any|canary|nightly|master|main|head|\*\.\*)$/i.test(text) || /^>=?\s*0(\.0)*$/.test(text)) return 0;
  if (/^(git\+|git:|https?:|ssh:|github:|gitlab:|bitbucket:)/.test(text))
    return /[@#=][0-9a-f]{40}\b/.test(text) ? 3 : /[@#](?:egg=)?v?\d/.test(text) ? 2 : 0;
  if (/^(workspace:|file:|link:|portal:|catalog:|npm:)/.test(text)) return 2;
  switch (ecosystem) {
    case 'npm':
      return /^=?v?\d+\.\d+\.\d+([-+][\w.-]+)?$/.test(text) ? 2 : 1;
    case 'python':
      // Poetry and Pipfile write an exact version without operator as well.
      return /^===?\s*[\w.!+-]+$/.test(text) && !text.endsWith('*') ? 2 : /^\d+(\.\d+)+$/.test(text) ? 2 : 1;
    case 'cargo':
      return text.startsWith('=') ? 2 : 1;
    case 'go':
      return 2;
  }
}

/** A version that is not there is said by a parent, a platform or a catalogue; one that a variable holds is said elsewhere. */
function mavenFirmness(text: string): Firmness {
  if (/^(\+|latest\.\w+|LATEST|RELEASE)$/.test(text) || /^[[(][\d.]*,[\])]$/.test(text.replace(/\s/g, ''))) return 0;
  return /^[[(].*,|\.\+$|-SNAPSHOT$/.test(text) ? 1 : 2;
}

/** The manifest's ecosystem, by its path; undefined for a file that is no manifest we know. */
export function ecosystemOf(path: string): Ecosystem | undefined {
  if (/(^|\/)package\.json$/.test(path)) return 'npm';
  if (/(^|\/)Cargo\.toml$/.test(path)) return 'cargo';
  if (/(^|\/)go\.(mod|work)$/.test(path)) return 'go';
  if (/(^|\/)pom([._-][\w-]+)?\.xml$|\.pom$|\.gradle(\.kts)?$/i.test(path)) return 'maven';
  return /(^|\/)(pyproject\.toml|setup\.cfg|Pipfile)$|(requirements|constraints)[^/]*\.(txt|in|pip)$|(^|\/)requirements\/[^/]+\.(txt|in|pip)$/i.test(
    path,
  )
    ? 'python'
    : undefined;
}
