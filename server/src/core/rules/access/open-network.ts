import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { openedAddressLists } from '../vocabulary/network/address-lists.ts';
import { loosenedPolicies } from '../vocabulary/network/loosened-policies.ts';
import { lostFences } from '../vocabulary/network/lost-fences.ts';
import { lostNetworkPolicies } from '../vocabulary/network/lost-network-policies.ts';
import { openedByCommand } from '../vocabulary/network/opened-by-command.ts';
import { openedByConstructs } from '../vocabulary/network/opened-by-constructs.ts';
import { openedInCode } from '../vocabulary/network/opened-in-code.ts';
import { openedRange } from '../vocabulary/network/opened-ranges.ts';
import { publishedStores, unboundPorts } from '../vocabulary/network/published-stores.ts';
import { widerListeners } from '../vocabulary/network/wider-listeners.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Inbound traffic from everywhere (`0.0.0.0/0`, `::/0`, `*`, a range of `/3` or wider), a range of sources or a network policy
 * that is gone, a list of a hosted database that admits all, a store that admits whom no rule names, a database that becomes
 * publicly accessible, a cluster's control plane that does, and a Kubernetes service that becomes a load balancer or a node
 * port; in templates, in programs that declare them, and in the tables and variables that rules take their ranges from. A
 * list of addresses of nginx that lost its `deny all`, and a network policy whose rule lost its peers, whose selector is empty now, or that no longer judges a direction. The
 * policy of a warehouse that says from where a user or an account may sign in, unset or opened to all.
 *
 * ## Why it matters
 * A port that only the own network could reach is scanned within minutes of being open.
 *
 * ## When it is fine
 * Outbound rules, ports 80 and 443 (not the range between them), and rules that the same resource had before in another place.
 *
 * ## What it misses
 * Ranges that the caller of a module gives, and many narrow ranges that together are the whole internet.
 */
export default defineRule({
  id: 'access/open-network',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Opens a port to the internet',
  reads: ['settings', 'resources', 'calls', 'options', 'commands', 'statements', 'tokens'],
  evidence: [
    { title: 'tfsec: no public ingress', url: 'https://aquasecurity.github.io/tfsec/latest/checks/aws/ec2/no-public-ingress-sgr/' },
    { title: 'checkov CKV_AWS_17', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const what = openedRange(change, input);
      if (what === undefined) continue;
      const exposed =
        /^(type|serviceType|ports|nodePort|load-balancer\b.*|internal|scheme|hostPort)$/.test(nameOf(change)) ||
        change.resource?.type === 'service';
      yield { ...placeOf(change), ...(exposed ? { severity: 'high' as const } : {}), message: fitMessage(what) };
    }
    yield* lostFences(input);
    yield* lostNetworkPolicies(input);
    yield* openedAddressLists(input);
    yield* loosenedPolicies(input);
    yield* openedInCode(input);
    yield* publishedStores(input);
    yield* unboundPorts(input);
    for (const { range, message } of openedByCommand(input)) yield { side: 'after', range, message: fitMessage(message) };
    for (const { range, was, now } of widerListeners(input))
      yield {
        side: 'after',
        range,
        severity: 'high',
        message: fitMessage(`others reach it at ${quote(now, 24)}, it was ${quote(was, 24)}`),
      };
    yield* openedByConstructs(input);
  },
});
