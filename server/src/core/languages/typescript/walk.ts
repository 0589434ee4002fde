import type { ts } from 'ts-morph';
import type { Embed } from '../language.ts';
import { readCall } from './calls.ts';
import { readCondition } from './conditions.ts';
import { readConstruct } from './constructs.ts';
import { readEmbedded } from './embedded.ts';
import { readGuard } from './guards.ts';
import { readHandler } from './handlers.ts';
import { readLoop } from './loops.ts';
import { nameOf, scopeInside } from './names.ts';
import { readOption } from './options.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/** One walk over the tree: every node is shown to every reader, with the symbol path it stands in. */
export function walk(view: View, sink: Sink, embed: Embed): void {
  const visit = (node: ts.Node, scope: string): void => {
    const inside = scopeInside(view, node, scope);
    if (inside !== scope && nameOf(view, node) !== undefined) readScope(view, node, inside, sink);
    const own = view.ts.isCallExpression(node) ? scope : inside;
    readCall(view, node, own, sink);
    readLoop(view, node, own, sink);
    readGuard(view, node, own, sink);
    readCondition(view, node, own, sink);
    readHandler(view, node, own, sink);
    readOption(view, node, own, sink);
    readConstruct(view, node, own, sink);
    readEmbedded(view, node, own, sink, embed);
    view.ts.forEachChild(node, (child) => visit(child, inside));
  };
  view.ts.forEachChild(view.source, (child) => visit(child, ''));
}

function readScope(view: View, node: ts.Node, name: string, sink: Sink): void {
  const { start, end } = view.range(view.start(node), node.end);
  sink.scopes.push({ name, startLine: start.line, endLine: end.line });
}
