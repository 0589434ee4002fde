import type { Option, SourceFacts } from '../../../model/facts.ts';
import { keepOf } from './kept.ts';

/** What a container of dependencies gives for a token: `{ provide: APP_GUARD, useClass: JwtAuthGuard }` of Nest and Angular. */
export interface Provider {
  readonly token: string;
  /** `useClass: JwtAuthGuard`. */
  readonly use: Option;
  /** Its `provide`. */
  readonly given: Option;
  /** Lines that it stands on, 1-based and inclusive, as far as its options tell. */
  readonly startLine: number;
  readonly endLine: number;
}

const USES = /^use(?:Class|Existing|Factory|Value)$/;

/** Providers of a file in their order; each `provide` goes with the `use…` that stands next to it in its object. */
export const providersIn = keepOf(({ options }: SourceFacts): readonly Provider[] => {
  const given = options.filter(({ name }) => name === 'provide');
  const uses = given.length === 0 ? [] : options.filter(({ name }) => USES.test(name));
  return given.flatMap((option, at) => {
    const [previous, next] = [given[at - 1], given[at + 1]];
    const own = uses.filter((use) => (next === undefined || isBefore(use, next)) && (previous === undefined || isBefore(previous, use)));
    // The last one where several stand between two tokens belongs to this token.
    const use = own.find((other) => isBefore(option, other)) ?? own.at(-1);
    if (use === undefined) return [];
    const startLine = Math.min(option.range.start.line, use.range.start.line);
    const endLine = Math.max(option.range.end.line, use.range.end.line);
    const factory = options.filter(
      (other) => other.scope.endsWith('.useFactory') && isBefore(use, other) && (next === undefined || isBefore(other, next)),
    );
    return [
      { token: option.value, use, given: option, startLine, endLine: Math.max(endLine, ...factory.map(({ range }) => range.end.line)) },
    ];
  });
});

function isBefore({ range: { start } }: Option, { range: { start: other } }: Option): boolean {
  return start.line < other.line || (start.line === other.line && start.character < other.character);
}
