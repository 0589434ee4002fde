import { setFlagsFromString } from 'node:v8';

/** V8's own is 132 KB of bytecode run in a function before it is optimised. Of another version the name and the number may mean another thing. */
const INTERRUPT_BUDGET = 300_000;
/** V8's own is 1. Rules ask a thousand expressions about a few short texts each: what compiles them takes longer than what interprets them. */
const REGEXP_RUNS = 10;

/**
 * For a process that ends with its answer: most code runs a few times only, and what is optimised while it runs competes with the rest
 * for the cores. A seventh less processor time for a review, a fifth less for an index, and no longer to wait (bench/README.md). Before any other
 * code is loaded, for kept code is of one set of flags.
 */
export function expectShortRun(): void {
  // The lexer of one grammar is a function of 160 KB, which takes half a second to optimise: no command runs long enough to gain by
  // it, a review of 78 Python files neither. The editor's server does.
  setFlagsFromString('--liftoff-only');
  if (!process.versions.v8.startsWith('11.')) return;
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
  setFlagsFromString(`--regexp-tier-up-ticks=${REGEXP_RUNS}`);
}
