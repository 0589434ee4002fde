import type { Language } from '../language.ts';
import { loadCompiler } from './compiler.ts';
import { followSource, readSource } from './read-source.ts';
import { dependentsInTurn } from './references/in-turn.ts';
import { linksOf } from './references/links.ts';
import { reachOfSymbol, usesOfSymbol } from './references/reach.ts';

const OWNED = /\.[cm]?[jt]sx?$/;

/** TypeScript and JavaScript, by the compiler's own syntax tree; types are asked only for reach. */
const language: Language = {
  id: 'typescript',
  owns: (path) => OWNED.test(path),
  embeds: ['sql'],
  prepare: loadCompiler,
  facts: readSource,
  follow: followSource,
  reach: reachOfSymbol,
  uses: usesOfSymbol,
  inTurn: dependentsInTurn,
  links: linksOf,
};

export default language;
