/** A parsed JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | undefined {
  // What JSON.parse gives is a plain object here: null and arrays are excluded, and it makes no other kinds.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function fieldOf(fields: JsonObject | undefined, key: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

export function objectAt(fields: JsonObject | undefined, key: string): JsonObject | undefined {
  return objectOf(fieldOf(fields, key));
}

export function textOf(fields: JsonObject | undefined, key: string): string | undefined {
  const value = fieldOf(fields, key);
  return typeof value === 'string' ? value : undefined;
}

export function listOf(fields: JsonObject | undefined, key: string): readonly unknown[] | undefined {
  const value = fieldOf(fields, key);
  return Array.isArray(value) ? value : undefined;
}

/** A whole number, zero or more. */
export function countOf(fields: JsonObject | undefined, key: string): number | undefined {
  const value = fieldOf(fields, key);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
