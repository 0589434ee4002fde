import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { isWeb } from './inbound-rules.ts';

const INGRESS =
  /\.(addIngressRule|allowFrom|allowDefaultPortFrom|allowFromAnyIpv4|allowDefaultPortFromAnyIpv4|add_ingress_rule|allow_from|allow_from_any_ipv4|allow_default_port_from_any_ipv4|AddIngressRule|AllowFrom|AllowFromAnyIpv4|AllowDefaultPortFromAnyIpv4)$/;
const EVERYBODY = /any_?ipv[46]\(\)|['"](0\.0\.0\.0\/0|::\/0)['"]/i;

/**
 * `group.addIngressRule(Peer.anyIpv4(), Port.tcp(22))` of a program that declares its network; also where the peer goes by a name, and
 * where a function of the same file is handed the peer and lets it in.
 */
export function* openedByConstructs(input: RuleInput): Generator<FindingDraft> {
  const { added, after } = input;
  for (const call of added.calls) {
    const [source, port] = INGRESS.test(call.callee) ? sourceAndPort(call, after) : handedOn(call, after);
    const ports = [...port.matchAll(/\b(\d+)\b/g)].map((match) => match[1] ?? '');
    if (!EVERYBODY.test(source) || (ports.length === 1 && ports.every(isWeb)) || cameAlong(input, call)) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`lets in everybody${port === '' ? '' : ` to ${quote(port, 24)}`}: ${quote(call.callee, 30)}`),
    };
  }
}

type SourceAndPort = readonly [source: string, port: string];

function sourceAndPort({ callee, args }: Call, facts: SourceFacts | undefined): SourceAndPort {
  const [source = '', port = ''] = /(AnyIpv4|any_ipv4)$/.test(callee) ? ['anyIpv4()', args[0] ?? ''] : args;
  const isHeld = facts !== undefined && /^\w+$/.test(source) && holdsEverybody(source, facts);
  return [isHeld ? 'anyIpv4()' : source, port];
}

/** `const ANYWHERE = ec2.Peer.anyIpv4()` */
function holdsEverybody(name: string, { calls, tokens }: SourceFacts): boolean {
  const lines = new Set(calls.flatMap(({ callee, range }) => (/any_?ipv[46]$/i.test(callee) ? [range.start.line] : [])));
  return (
    lines.size > 0 && tokens.some(({ text, line }, at) => lines.has(line) && text === name && /^:?=$/.test(tokens[at + 1]?.text ?? ''))
  );
}

/** A peer among the arguments of a function that hands one of its own parameters to a rule; numbers among them are ports. */
function handedOn({ callee, args }: Call, facts: SourceFacts | undefined): SourceAndPort {
  const peer = args.find((arg) => EVERYBODY.test(arg));
  if (peer === undefined || facts === undefined) return NOTHING;
  const letsIn = facts.calls.some(
    (inner) => INGRESS.test(inner.callee) && /^\w+$/.test(inner.args[0] ?? '') && lastName(inner.scope) === lastName(callee),
  );
  return letsIn ? [peer, args.flatMap((arg) => (arg === peer ? [] : (numberIn(arg, facts) ?? []))).join(' ')] : NOTHING;
}

const NOTHING: SourceAndPort = ['', ''];
