import { readFileSync, writeFileSync } from 'node:fs';
import type { Checkout } from './checkouts.ts';
import { type Figure, isMet, showGoal, showValue } from './figure.ts';
import type { Machine } from './machine.ts';
import type { Spread } from './spread.ts';

/** All that one run of the bench says. */
export interface Report {
  readonly machine: Machine;
  /** Load of the last minute at the begin and at the end. */
  readonly load: readonly [number, number];
  /** Of this project, and of the peers that were asked. */
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly repositories: readonly Pick<Checkout, 'name' | 'commit'>[];
  readonly seed: string;
  readonly figures: readonly Figure[];
}

export function showFigure(figure: Figure): string {
  const verdict = figure.goal.kind === 'none' ? 'beside' : isMet(figure) ? 'met   ' : 'MISSED';
  return `${verdict} ${figure.measure}: ${showValue(figure.value, figure.goal.unit)}, goal ${showGoal(figure.goal)} (${figure.of}; ${showSides(figure)})`;
}

export function toMarkdown({ machine, load, engine, versions, repositories, seed, figures }: Report): string {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cores} x ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}; load ${load.map((one) => one.toFixed(1)).join(' at the begin, ')} at the end.`,
    `Brakeline ${engine}. Peers: ${peers.join(', ') || 'none'}.`,
    `Repositories: ${repositories.map(({ name, commit }) => `${name} ${commit.slice(0, 10)}`).join(', ')}. Symbols drawn with the seed \`${seed}\`.`,
    '',
    '| measure | of | goal | value | met | made of (median, least in brackets) |',
    '|---|---|---|---|---|---|',
    ...figures.map(
      (figure) =>
        `| ${[figure.measure, figure.of, showGoal(figure.goal), showValue(figure.value, figure.goal.unit), verdictOf(figure), showSides(figure)].join(' | ')} |`,
    ),
    '',
    ...new Set(figures.flatMap(({ measure, note }) => (note === undefined ? [] : [`*${measure}*: ${note}.`]))),
  ].join('\n');
}

function verdictOf(figure: Figure): string {
  if (figure.goal.kind === 'none') return '–';
  return isMet(figure) ? 'yes' : '**no**';
}

function showSides({ sides }: Figure): string {
  const number = (value: number): string => (Number.isInteger(value) ? String(value) : value < 10 ? value.toFixed(2) : value.toFixed(0));
  const show = (side: Spread | number): string => (typeof side === 'number' ? number(side) : `${number(side.p50)} [${number(side.min)}]`);
  return Object.entries(sides)
    .map(([name, side]) => `${name} ${show(side)}`)
    .join(', ');
}

const [BEGIN, END] = ['<!-- reach: begin -->', '<!-- reach: end -->'];

/** Replaces what stands between the two marks. Errors: a page without them. */
export function writeInto(page: string, report: Report): void {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and ${END} in ${page}, found none`);
  writeFileSync(page, `${text.slice(0, begin + BEGIN.length)}\n${toMarkdown(report)}\n${text.slice(end)}`);
}
