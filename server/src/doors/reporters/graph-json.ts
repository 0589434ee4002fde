import type { FileImpact, Impact, Site } from '../../core/reach/impact.ts';
import { stateOf } from '../../core/reach/picture.ts';
import { isUnsafe } from './terminal.ts';

/**
 * An impact for scripts, schema version 1 (docs/cli.md), whole and not folded. Written by hand, field by field, as the review is.
 * Lines are 1-based, characters 0-based UTF-16.
 */
export function renderGraphJson(impact: Impact): string {
  const { subject } = impact;
  const document = {
    schemaVersion: 1,
    symbol: { path: subject.path, name: subject.name, kind: subject.kind, line: subject.line },
    tree: impact.tree,
    references: impact.references,
    files: impact.files,
    transitiveFiles: impact.transitiveFiles,
    packages: impact.packageCount,
    tests: impact.tests,
    tested: impact.tested ?? null,
    method: impact.method,
    atMost: impact.atMost,
    ownUses: impact.own.map(siteJson),
    dependents: impact.packages.map(({ name, folder, files }) => ({ package: name, folder, files: files.map(fileJson) })),
    entryPoints: impact.entryPoints.map(({ kind, name, path, declared }) => ({
      kind,
      name,
      path,
      declaredIn: declared.path,
      line: declared.line,
    })),
    moreEntryPoints: impact.moreEntryPoints,
    owners: impact.owners.map(({ name, files }) => ({ name, files })),
    unowned: impact.unowned ?? null,
    notShown: impact.cut,
  };
  return `${withoutMarks(JSON.stringify(document, undefined, 2))}\n`;
}

/** The same values, with marks that reorder or hide text written as escapes: whoever looks at the file sees what it says. */
function withoutMarks(json: string): string {
  return json.replace(/[^\n -~]/gu, (mark) =>
    isUnsafe(mark.codePointAt(0) ?? 0) ? mark.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : mark,
  );
}

function fileJson(file: FileImpact): object {
  return {
    path: file.path,
    steps: file.steps,
    state: stateOf(file),
    sites: file.sites.map(siteJson),
    through: file.through,
    owners: file.owners,
  };
}

function siteJson({ line, character, kind }: Site): object {
  return { line, character, kind };
}
