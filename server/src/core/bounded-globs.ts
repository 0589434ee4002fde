/** An expression with more wildcards may take for ever over one path, and no folder needs more. */
const MOST_WILDCARDS = 8;

/** A process ends that compiles an expression of megabytes. In UTF-16 units. */
const LONGEST_GLOB = 300;

/** Fits no path. */
export const NO_PATH = /^\b$/;

/** The glob with runs of double stars as one, which mean no more; undefined where it is larger than any that somebody needs. */
export function boundedGlob(glob: string): string | undefined {
  const plain = glob.replace(/(?:\*\*\/)+/g, '**/');
  return plain.length > LONGEST_GLOB || plain.split(/\*+/).length > MOST_WILDCARDS ? undefined : plain;
}

/** The expression of a glob; one that fits nothing where `source` is none. */
export function globExpression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    return NO_PATH;
  }
}
