import type { Setting } from '../../../model/facts.ts';
import { quote } from '../../quote.ts';
import { isTrue } from '../settings/setting-values.ts';
import type { SettingChange } from '../settings/settings.ts';

/** Ports that a compose service or a chart opens, and a load balancer that leaves the private network. */
export function exposure({ path, before, after, resource, resourceIsNew }: SettingChange): string | undefined {
  const name = path.at(-1) ?? '';
  const [old, now] = [withDefaults(before?.value), withDefaults(after?.value)];
  if (
    resource?.type === 'service' &&
    path[0] === 'ports' &&
    /^\d+$/.test(name) &&
    before !== undefined &&
    /^(127\.|localhost|\[?::1)/.test(old) &&
    /^(0\.0\.0\.0:)?\d/.test(now) &&
    !/^127\./.test(now)
  )
    return `port ${quote(now, 20)} is open to all interfaces, was ${quote(old, 24)}`;
  if (
    /^(type|serviceType)$/.test(name) &&
    resource === undefined &&
    /service/i.test(path.join('/')) &&
    before !== undefined &&
    /^ClusterIP$/i.test(old) &&
    /^(LoadBalancer|NodePort)$/.test(now)
  )
    return `${quote(path.slice(-2).join('.'), 24)}: ${old} -> ${now}, reachable from outside the cluster`;
  if (name === 'internal' && /aws_(lb|alb|elb)$|LoadBalancer/.test(resource?.type ?? '') && isTrue(before?.value) && after?.value === false)
    return 'the load balancer is not internal any more';
  if (/^(Scheme|scheme)$/.test(name) && old === 'internal' && /internet-facing|external/i.test(now))
    return `${quote(name)}: internal -> ${now}`;
  if (
    /(load-balancer-(scheme|internal)|aws-load-balancer-internal)$/.test(name) &&
    before !== undefined &&
    /^(internal|true)$/i.test(old) &&
    /^(internet-facing|external|false)$/i.test(now)
  )
    return `${quote(name.split('/').at(-1) ?? '', 34)}: ${old} -> ${now}`;
  if (
    /(^|[-_.])(bind|listen|publish|expose)([-_.]?(ip|addr|address|addresses|host|on|to|interface))?$|^(bindAddress|listenAddress|listenAddresses|bindHost|bindIp|hostIp|host_ip|publishAddress|network\.host)$/i.test(
      name,
    ) &&
    before !== undefined &&
    !resourceIsNew &&
    /^(127\.|localhost|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(old) &&
    /^(0\.0\.0\.0|\*|::)/.test(now)
  )
    return `${quote(name)}: ${old} -> ${now}`;
  return undefined;
}

/** The remark that kept a load balancer inside, gone from a service that stays one: its cloud's default is outside. */
export function leftInside({ path, before, after, resource, resourceIsGone }: SettingChange): string | undefined {
  const name = path.at(-1) ?? '';
  const isInside =
    /(?:aws|azure|gcp|cce|openstack|oci)-?load-balancer-internal$|load-balancer-type$/.test(name) &&
    /^(?:true|internal|0\.0\.0\.0\/0)$/i.test(String(before?.value));
  return isInside && after === undefined && !resourceIsGone && resource?.type === 'Service'
    ? `${quote(name.split('/').at(-1) ?? '', 34)} is gone: the load balancer is not internal any more`
    : undefined;
}

/** `${BIND:-127.0.0.1}:9200` as it is where nobody sets the variable. */
function withDefaults(value: Setting['value'] | undefined): string {
  return String(value ?? '').replace(/\$\{\w+:?-([^{}]*)\}/g, '$1');
}

/** A service of a cluster that gets an address of its own. */
export function exposedService({ before, after }: SettingChange): string | undefined {
  const value = String(after?.value);
  if (before === undefined || !/^(LoadBalancer|NodePort)$/.test(value) || before.value === value || before.value === 'LoadBalancer')
    return undefined;
  return `service ${String(before.value)} -> ${value}: reachable from outside the cluster`;
}
