import type { Edit } from './diff.ts';

/**
 * Puts every pure insertion and every pure deletion in one canonical place. Such a run of lines can often be shifted over
 * equal lines without changing what it does; one that can be shifted until it touches another edit becomes part of that
 * edit. Otherwise it stands where its first line, and the line after it, are indented least and follow a blank line; of
 * equally good places in the lowest. The rule is a function of the two texts alone, so all doors show the same hunks.
 */
export function slideEdits(before: readonly string[], after: readonly string[], edits: readonly Edit[]): Edit[] {
  const rest = [...edits].reverse();
  const placed: Edit[] = [];
  for (let edit = rest.pop(); edit !== undefined; edit = rest.pop()) {
    const inserts = edit.beforeStart === edit.beforeEnd;
    if (!inserts && edit.afterStart !== edit.afterEnd) {
      placed.push(edit);
      continue;
    }
    const lines = inserts ? after : before;
    const start = inserts ? edit.afterStart : edit.beforeStart;
    const end = inserts ? edit.afterEnd : edit.beforeEnd;
    const previous = placed.at(-1);
    const next = rest.at(-1);
    const roomAbove = edit.beforeStart - (previous?.beforeEnd ?? 0);
    const roomBelow = (next?.beforeStart ?? before.length) - edit.beforeEnd;
    const up = slideDistance(lines, start, end, -1, roomAbove);
    const down = slideDistance(lines, start, end, 1, roomBelow);
    if (previous !== undefined && up === roomAbove) {
      placed.pop();
      rest.push(join(previous, shift(edit, -up)));
    } else if (next !== undefined && down === roomBelow) {
      rest.pop();
      rest.push(join(shift(edit, down), next));
    } else {
      placed.push(shift(edit, bestShift(lines, start, end, up, down)));
    }
  }
  return placed;
}

function slideDistance(lines: readonly string[], start: number, end: number, step: -1 | 1, room: number): number {
  let distance = 0;
  while (distance < room) {
    const leaves = step === 1 ? start + distance : end - 1 - distance;
    const enters = step === 1 ? end + distance : start - 1 - distance;
    if (lines[leaves] !== lines[enters]) break;
    distance += 1;
  }
  return distance;
}

function bestShift(lines: readonly string[], start: number, end: number, up: number, down: number): number {
  let best = down;
  let bestCost = splitCost(lines, start + down) + splitCost(lines, end + down);
  for (let distance = down - 1; -up <= distance; distance -= 1) {
    const cost = splitCost(lines, start + distance) + splitCost(lines, end + distance);
    if (cost < bestCost) {
      best = distance;
      bestCost = cost;
    }
  }
  return best;
}

/** How many blank lines are looked past for the indentation that a split belongs to. */
const BLANK_LINES = 8;

/** What it costs to cut before line `index`: its indentation, less where a blank line stands before it. */
function splitCost(lines: readonly string[], index: number): number {
  if (index === 0 || lines.length <= index) return 0;
  let next = index;
  while (next < lines.length && next - index < BLANK_LINES && isBlank(lines[next])) next += 1;
  return 2 * indentation(lines[next] ?? '') + (isBlank(lines[index - 1]) ? 0 : 1) + (isBlank(lines[index]) ? 1 : 0);
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

const SPACE = 32;
const TAB = 9;

function indentation(line: string): number {
  let width = 0;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charCodeAt(at);
    if (character === SPACE) width += 1;
    else if (character === TAB) width += 4;
    else break;
  }
  return width;
}

function shift(edit: Edit, distance: number): Edit {
  return {
    beforeStart: edit.beforeStart + distance,
    beforeEnd: edit.beforeEnd + distance,
    afterStart: edit.afterStart + distance,
    afterEnd: edit.afterEnd + distance,
  };
}

function join(first: Edit, second: Edit): Edit {
  return { beforeStart: first.beforeStart, beforeEnd: second.beforeEnd, afterStart: first.afterStart, afterEnd: second.afterEnd };
}
