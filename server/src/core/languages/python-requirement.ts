/** A requirement as Python's packaging tools write it (PEP 508): `name[extra] >=1,<2; marker` or `name @ address`. */
export interface PythonRequirement {
  readonly name: string;
  /** `==3.1.19`, an address behind `@`, or empty where nothing bounds it. */
  readonly version: string;
}

/** Undefined for what names no package: an option, a path, an address alone. */
export function readRequirement(source: string): PythonRequirement | undefined {
  const match = /^([A-Za-z0-9][\w.-]*)(\s*\[[^\]]*\])?([\s\S]*)/.exec(source.trim());
  if (match === null) return undefined;
  const [, name = '', , behind = ''] = match;
  const rest = behind.trimStart();
  if (rest.startsWith('@')) return { name: normal(name), version: rest.slice(1).trim() };
  if (!/^$|^[(=<>!~;#]/.test(rest)) return undefined;
  const bounds = rest.replace(/[;#].*/s, '').replace(/[()\s]/g, '');
  return { name: normal(name), version: bounds };
}

/** `Django_Filter` and `django-filter` are one package. */
function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
