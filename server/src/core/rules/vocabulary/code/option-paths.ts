import type { Option } from '../../../model/facts.ts';

/** The names that lead to an option inside the object it stands in: `auditLog.enabled`; its own name where nothing says more. */
export function optionPath(option: Option): string {
  const path = /^[^(]*\(([\w.$]*):/.exec(option.key)?.[1]?.replace(/^\.+/, '') ?? '';
  return path.endsWith(option.name) ? path : option.name;
}

/** Names on the way to a property: `RATES.EU` of `const RATES = { EU: { standard: 0.2 } }`; empty where it has none. */
export function homeOf(option: Option): string {
  const inside = /^[^(]*\(([^:]*):/.exec(option.key)?.[1] ?? '';
  return inside.slice(0, Math.max(0, inside.lastIndexOf('.')));
}
