import { checkDomain, reservedPorts } from '../../caution/limits.ts';
import { listOf } from '../../caution/procfile.ts';
import { after } from '../../fix/block.ts';
import { exposedPortClosed, exposedPorts } from '../hcl/settings.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { entriesOf, entryOf, fixLine, replaceValue, shownValue } from './entries.ts';

const isNumber = (word: string) => /^\+?\d+$/.test(word);
const isReserved = (word: string) =>
  isNumber(word) && Number(word) >= reservedPorts.first && Number(word) <= reservedPorts.last;
const isDropped = (word: string) => !isNumber(word) || Number(word) < 1 || Number(word) > 65_535;

/** Whether the platform makes an HTTP front: a port on its own makes none. */
function hasFront(subject: Subject): boolean {
  const port = entryOf(subject, 'http_port');
  const domain = entryOf(subject, 'domain');
  return (port !== null && !isDropped(port.value)) || (domain !== null && domain.value !== '');
}

/** Ports, the HTTP front, the domain, and end-to-end encryption. */
export const networkRules: readonly Rule[] = [
  {
    id: 'reserved-port',
    level: 'error',
    title: 'A port that Caution keeps for itself',
    why: `Caution's own services listen on ports ${reservedPorts.first} to ${reservedPorts.last} of the enclave: the push is refused.`,
    source: sources.parser,
    mend: 'Let the service listen on another port.',
    *look(subject) {
      for (const { path, key, value, line } of entriesOf(subject)) {
        if (key !== 'ports' && key !== 'http_port') continue;
        for (const word of listOf(value).filter(isReserved)) {
          yield { path, line, message: `Port ${Number(word)} is reserved by Caution.` };
        }
      }
    },
  },
  {
    id: 'bad-port',
    level: 'error',
    title: 'A port that Caution drops',
    why: 'What is no number from 1 to 65535 is dropped without a word: the port stays closed.',
    source: sources.parser,
    mend: 'Write whole numbers from 1 to 65535, separated by commas.',
    *look(subject) {
      for (const { path, key, written, value, line } of entriesOf(subject)) {
        const words = key === 'ports' ? listOf(value) : key === 'http_port' && value !== '' ? [value] : [];
        for (const word of words.filter(isDropped)) {
          yield { path, line, message: `${written}: ${shownValue(word)} is no port, and is dropped.` };
        }
      }
    },
  },
  {
    id: 'http-port-closed',
    level: 'error',
    title: 'An HTTP port that is not among the ports',
    why: 'The HTTP front forwards to a port that ports opens: the push is refused where it does not.',
    source: sources.parser,
    mend: 'Add the port to ports.',
    *look(subject) {
      const entry = entryOf(subject, 'http_port');
      if (!entry || isDropped(entry.value) || isReserved(entry.value)) return;
      const port = Number(entry.value);
      if (subject.procfile?.parsed.ports.includes(port)) return;
      const ports = entryOf(subject, 'ports');
      yield {
        ...{ path: entry.path, line: entry.line },
        message: `http_port ${port} is not in ports.`,
        mend: `Write ports: ${[...listOf(ports?.value ?? ''), port].join(', ')}`,
        fix:
          ports === null
            ? fixLine(entry.line, after(`ports: ${port}`))
            : replaceValue(ports.line, ports.value, [...listOf(ports.value), port].join(', ')),
      };
    },
  },
  {
    id: 'bad-domain',
    level: 'error',
    title: 'A domain that Caution refuses',
    why: 'A domain is fully qualified, of at most 253 characters, its parts of letters, digits and inner hyphens.',
    source: sources.parser,
    mend: 'Write the name alone, such as api.example.com, without https:// and without a path.',
    *look(subject) {
      const entry = entryOf(subject, 'domain');
      if (!entry || entry.value === '') return;
      const reason = checkDomain(entry.value);
      if (reason !== null) {
        yield { path: entry.path, line: entry.line, message: `${shownValue(entry.value)} is no domain. ${reason}` };
      }
    },
  },
  {
    id: 'domain-without-port',
    level: 'warning',
    title: 'A domain without the port that it leads to',
    why: 'Without http_port a domain leads to the only port, else to port 80, which nothing opens.',
    source: sources.parser,
    mend: 'Say http_port: the port on which the service takes HTTP.',
    *look(subject) {
      const entry = entryOf(subject, 'domain');
      const port = entryOf(subject, 'http_port');
      const ports = subject.procfile?.parsed.ports ?? [];
      if (!entry || entry.value === '' || (port && !isDropped(port.value)) || ports.length === 1 || ports.includes(80))
        return;
      const many = ports.length > 1 ? 'several ports are open' : 'no port is open';
      yield {
        ...{ path: entry.path, line: entry.line },
        message: `The domain leads to port 80, since http_port is not set and ${many}.`,
      };
    },
  },
  {
    id: 'e2e-ignored',
    level: 'error',
    title: 'End-to-end encryption that is not there',
    why: 'Caution drops e2e where there is no HTTP front: without http_port and domain, requests are not encrypted end to end.',
    source: sources.parser,
    mend: 'Say http_port.',
    *look(subject) {
      const entry = entryOf(subject, 'e2e');
      if (entry?.value.toLowerCase() !== 'true' || hasFront(subject)) return;
      const [only, ...more] = subject.procfile?.parsed.ports ?? [];
      yield {
        ...{ path: entry.path, line: entry.line },
        message: 'e2e: true has no effect: neither http_port nor domain is set.',
        ...(only !== undefined &&
          more.length === 0 && {
            mend: `Add http_port: ${only}`,
            fix: fixLine(entry.line, after(`http_port: ${only}`)),
          }),
      };
    },
  },
  {
    id: 'exposed-port-closed',
    level: 'note',
    title: 'A port that the image exposes and nothing opens',
    why: 'EXPOSE opens nothing on Caution: only ports of the Procfile, or of an ingress, reach the enclave.',
    source: sources.caution,
    mend: 'Add the port to ports, or remove it from EXPOSE.',
    *look(subject) {
      yield* exposedPortClosed(subject);
      for (const { port, path, line } of subject.procfile ? exposedPorts(subject) : []) {
        if (!subject.procfile?.parsed.ports.includes(port))
          yield { path, line, message: `Port ${port} is exposed here, and ports does not open it.` };
      }
    },
  },
];
