/** The engine's place in the machine's network: a bridge, a subnet and a port that nothing else uses, and firewall rules that concern these alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { EngineError, run, tryRun } from './exec.mjs';
import { chooseSubnet, parseNameServers, parseRoutes } from './names.mjs';

/** @typedef {Pick<import('./state.mjs').DaemonState, 'bridge' | 'subnet'>} State */

/** @param {number} wished @returns {Promise<number>} the first free TCP port on loopback from there on */
export async function freePort(wished) {
  for (let port = wished; port < wished + 200; port++) if (await isFree(port)) return port;
  throw new EngineError(`No free port from ${wished} to ${wished + 199} on 127.0.0.1`);
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @param {string} hash */
export function freeSubnet(hash) {
  const resolver = existsSync('/etc/resolv.conf') ? readFileSync('/etc/resolv.conf', 'utf8') : '';
  return chooseSubnet(hash, [...parseRoutes(readFileSync('/proc/net/route', 'utf8')), ...parseNameServers(resolver)]);
}

/** A container's packets must fit the way out: the smallest MTU of the interfaces that have an address, at most Ethernet's 1500. */
export function outsideMtu() {
  const sizes = Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some((address) => !address.internal))
    .map(([name]) => Number(readFileSync(`/sys/class/net/${name}/mtu`, 'utf8')));
  return Math.min(1500, ...sizes);
}

/** @param {State} state @returns {string[][]} -t, table, chain, and the rule */
function rules({ bridge, subnet }) {
  return [
    ['-t', 'nat', 'POSTROUTING', '-s', `${subnet}.0/24`, '!', '-o', bridge, '-j', 'MASQUERADE'],
    ['-t', 'filter', 'FORWARD', '-i', bridge, '-j', 'ACCEPT'],
    ['-t', 'filter', 'FORWARD', '-o', bridge, '-j', 'ACCEPT'],
  ];
}

/**
 * The kernel asks both kinds of tables. A machine that keeps its rules in the old kind has those loaded; merely asking would load them elsewhere.
 * @returns {string[]} iptables' programs, the one for new rules last
 */
function backends() {
  const names = '/proc/net/ip_tables_names';
  const legacy = existsSync(names) && readFileSync(names, 'utf8').includes('filter');
  return ['xtables-nft-multi', ...(legacy ? ['xtables-legacy-multi'] : [])];
}

/** @param {string} root @param {string} backend @param {string[]} args */
function iptables(root, backend, args) {
  return /** @type {const} */ (['chroot', [root, `/usr/sbin/${backend}`, 'iptables', '-w', '10', ...args]]);
}

/** @param {string} root @param {string[]} args */
function ip(root, args) {
  return /** @type {const} */ ([
    'chroot',
    [root, existsSync(join(root, 'usr/bin/ip')) ? '/usr/bin/ip' : '/usr/sbin/ip', ...args],
  ]);
}

/**
 * The bridge, and the three rules by which a build step's packets get out and back. What is there already stays.
 * @param {{ root: string, log: (line: string) => void, signal: AbortSignal | undefined }} context root: where ip and iptables are
 * @param {State} state
 */
export async function makeNetwork({ root, log, signal }, state) {
  if (!existsSync(`/sys/class/net/${state.bridge}`))
    await run(...ip(root, ['link', 'add', state.bridge, 'type', 'bridge']), { signal });
  await run(...ip(root, ['addr', 'replace', `${state.subnet}.1/24`, 'dev', state.bridge]), { signal });
  await run(...ip(root, ['link', 'set', state.bridge, 'up']), { signal });
  const forwarding = '/proc/sys/net/ipv4/ip_forward';
  if (readFileSync(forwarding, 'utf8').trim() !== '1') {
    writeFileSync(forwarding, '1\n');
    log(
      'network: this machine forwards packets from now on (net.ipv4.ip_forward=1), which --down leaves as it is: other containers may need it by then',
    );
  }
  const backend = backends().at(-1) ?? '';
  for (const [option = '', table = '', chain = '', ...rule] of rules(state)) {
    const there = await tryRun(...iptables(root, backend, [option, table, '-C', chain, ...rule]), { signal });
    if (there.code !== 0) await run(...iptables(root, backend, [option, table, '-I', chain, ...rule]), { signal });
  }
}

/**
 * @param {{ root: string, log: (line: string) => void }} context
 * @param {State} state
 */
export async function removeNetwork({ root, log }, state) {
  for (const backend of backends()) {
    for (const [option = '', table = '', chain = '', ...rule] of rules(state)) {
      const there = await tryRun(...iptables(root, backend, [option, table, '-C', chain, ...rule]));
      if (there.code === 0) await run(...iptables(root, backend, [option, table, '-D', chain, ...rule]));
    }
  }
  if (!existsSync(`/sys/class/net/${state.bridge}`)) return;
  await run(...ip(root, ['link', 'del', state.bridge]));
  log(`network: removed ${state.bridge} and its rules`);
}
