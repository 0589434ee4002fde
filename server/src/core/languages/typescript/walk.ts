import type { ts } from 'ts-morph';
import type { Embed } from '../language.ts';
import { readCall } from './calls.ts';
import { readCondition } from './conditions.ts';
import { describesInfrastructure, readConstruct } from './constructs.ts';
import { readEmbedded } from './embedded.ts';
import { readGuard } from './guards.ts';
import { readHandler } from './handlers.ts';
import { readLoop } from './loops.ts';
import { nameOf, scopeInside } from './names.ts';
import { readOption } from './options.ts';
import { emptySink, moveDown, pour, type Sink } from './sink.ts';
import type { View } from './view.ts';

/** One walk over the tree: every node is shown to every reader, with the symbol path it stands in. */
export function walk(view: View, sink: Sink, embed: Embed): void {
  const { ts, units } = view;
  const infrastructure = describesInfrastructure(view);
  const read = (node: ts.Node, scope: string, into: Sink): void => {
    const inside = scopeInside(view, node, scope);
    if (inside !== scope && nameOf(view, node) !== undefined) readScope(view, node, inside, into);
    const own = ts.isCallExpression(node) ? scope : inside;
    readCall(view, node, own, into);
    readLoop(view, node, own, into);
    readGuard(view, node, own, into);
    readCondition(view, node, own, into);
    readHandler(view, node, own, into);
    readOption(view, node, own, into);
    if (infrastructure) readConstruct(view, node, own, into);
    readEmbedded(view, node, own, into, embed);
    const dead = deadStatements(view, node);
    ts.forEachChild(node, (child) => {
      if (!dead.includes(child)) visit(child, inside, into);
    });
  };
  const visit = (node: ts.Node, scope: string, into: Sink): void => {
    const unit = units?.get(node);
    if (unit === undefined) {
      read(node, scope, into);
      return;
    }
    // What a node holds is told by the node; what it is told by its surroundings is this much.
    const context = infrastructure ? `${scope} ` : scope;
    const { line, character } = view.lines.positionAt(node.pos + unit.lead);
    const { facts } = unit;
    if (facts?.context !== context || facts.character !== character) {
      const own = emptySink();
      read(node, scope, own);
      unit.facts = { context, line, character, sink: own };
    } else if (facts.line !== line) unit.facts = { context, line, character, sink: moveDown(facts.sink, line - facts.line) };
    if (unit.facts !== undefined) pour(unit.facts.sink, into);
  };
  ts.forEachChild(view.source, (child) => visit(child, '', sink));
}

/** Behind a `return` or a `throw` that nothing decides, what stands in the same list never runs; functions are declared all the same. */
function deadStatements({ ts }: View, node: ts.Node): readonly ts.Node[] {
  if (!ts.isBlock(node) && !ts.isCaseOrDefaultClause(node)) return NONE;
  const { statements } = node;
  const end = statements.findIndex(
    (statement) => ts.isReturnStatement(statement) || ts.isThrowStatement(statement) || ts.isBreakOrContinueStatement(statement),
  );
  if (end < 0 || end === statements.length - 1) return NONE;
  return statements.slice(end + 1).filter((statement) => !ts.isFunctionDeclaration(statement));
}

const NONE: readonly never[] = [];

function readScope(view: View, node: ts.Node, name: string, sink: Sink): void {
  const { start, end } = view.range(view.start(node), node.end);
  sink.scopes.push({ name, startLine: start.line, endLine: end.line });
}
