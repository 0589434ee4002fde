/** The checkout service before the assistant's rewrite: plain, wordy, and with every guard in its place. */
export const CHECKOUT_BEFORE = `import { AlreadyPaid, EmptyCart, RefundTooLarge, UnknownOrder } from './errors.js';
import type { Line, Order } from './order.js';
import type { Gateway } from '../payments/gateway.js';
import { loadOrder, saveOrder } from '../store/orders.js';

let gateway: Gateway | undefined;

export function useGateway(next: Gateway): void {
  gateway = next;
}

function currentGateway(): Gateway {
  if (gateway === undefined) {
    throw new Error('no payment gateway is configured');
  }
  return gateway;
}

let counter = 0;

function nextOrderId(): string {
  counter = counter + 1;
  let id = String(counter);
  while (id.length < 8) {
    id = '0' + id;
  }
  return 'O-' + id;
}

function lineTotal(line: Line): number {
  return line.quantity * line.unitPrice;
}

function discountFor(lines: readonly Line[]): number {
  let quantity = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line !== undefined) {
      quantity = quantity + line.quantity;
    }
  }
  if (quantity >= 100) {
    return 10;
  }
  if (quantity >= 20) {
    return 5;
  }
  return 0;
}

function orderTotal(lines: readonly Line[]): number {
  let total = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line !== undefined) {
      total = total + lineTotal(line);
    }
  }
  const discount = discountFor(lines);
  const reduction = Math.floor((total * discount) / 100);
  return total - reduction;
}

export async function placeOrder(customer: string, lines: readonly Line[]): Promise<Order> {
  if (lines.length === 0) {
    throw new EmptyCart('an order needs at least one line');
  }
  const id = nextOrderId();
  const total = orderTotal(lines);
  const order: Order = {
    id: id,
    customer: customer,
    lines: lines,
    total: total,
    paid: 0,
    refunded: 0,
    status: 'open',
  };
  await saveOrder(order);
  return order;
}

async function requireOrder(id: string): Promise<Order> {
  const order = await loadOrder(id);
  if (order === undefined) {
    throw new UnknownOrder('there is no order ' + id);
  }
  return order;
}

export async function pay(id: string): Promise<Order> {
  const order = await requireOrder(id);
  if (order.status !== 'open') {
    throw new AlreadyPaid('order ' + id + ' is ' + order.status);
  }
  const key = 'pay-' + order.id;
  await currentGateway().charge(order.customer, order.total, key);
  const paid: Order = {
    id: order.id,
    customer: order.customer,
    lines: order.lines,
    total: order.total,
    paid: order.total,
    refunded: order.refunded,
    status: 'paid',
  };
  await saveOrder(paid);
  return paid;
}

export async function refund(id: string, cents: number): Promise<Order> {
  const order = await requireOrder(id);
  if (cents > order.paid - order.refunded) {
    throw new RefundTooLarge('order ' + id + ' has less than ' + cents + ' left');
  }
  const key = 'refund-' + order.id + '-' + order.refunded;
  await currentGateway().refund(order.customer, cents, key);
  const refunded = order.refunded + cents;
  let status: Order['status'] = order.status;
  if (refunded === order.paid) {
    status = 'refunded';
  }
  const updated: Order = {
    id: order.id,
    customer: order.customer,
    lines: order.lines,
    total: order.total,
    paid: order.paid,
    refunded: refunded,
    status: status,
  };
  await saveOrder(updated);
  return updated;
}

export function describeOrder(order: Order): string {
  let text = order.id + ' for ' + order.customer;
  text = text + ', ' + order.lines.length + ' lines';
  text = text + ', total ' + formatCents(order.total);
  if (order.paid > 0) {
    text = text + ', paid ' + formatCents(order.paid);
  }
  if (order.refunded > 0) {
    text = text + ', refunded ' + formatCents(order.refunded);
  }
  return text;
}

function formatCents(cents: number): string {
  const whole = Math.floor(cents / 100);
  const rest = cents % 100;
  const padded = rest < 10 ? '0' + rest : String(rest);
  return whole + '.' + padded;
}
`;
