// Preloaded into the server and its threads: a socket that is opened, or a name that is resolved, is named and refused (law 8).
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

const refuse = (what) => () => {
  process.stderr.write(`socket: ${what}\n`);
  throw new Error(`expected no socket, found ${what}`);
};
// Standard input and output are pipes, and pipes are sockets of net too: connecting and listening is what counts.
net.Socket.prototype.connect = refuse('connect');
net.Server.prototype.listen = refuse('listen');
dgram.createSocket = refuse('udp');
dns.lookup = refuse('lookup');
