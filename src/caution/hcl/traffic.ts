import type { PortRange } from '../configuration.ts';
import { reservedPorts } from '../limits.ts';
import { type Decoder, wholeNumber } from './decode.ts';
import type { Entry, MapShape, Shape } from './shape.ts';
import type { Place } from './syntax.ts';
import type { Span } from './tree.ts';

/** An `ingress` or `egress` block. The platform reads these loosely: what it does not know there is no error. */
export interface TrafficRule extends Place {
  cidr: string;
  /** Null: no port is given, or none that the platform understands. */
  ports: PortRange | null;
  protocol: string | null;
  /** Keys that have no effect: unknown ones, and ports that are none. */
  ignored: (Place & { key: string })[];
}

/** Reads `ingress` or `egress`: one block, several, or a list of maps. */
export function trafficRules(decoder: Decoder, entry: Entry | undefined, name: 'ingress' | 'egress'): TrafficRule[] {
  if (!entry) return [];
  const shape = decoder.inside(entry.value);
  const shapes = shape.kind === 'list' ? shape.items.map((item) => decoder.inside(item)) : [shape];
  return shapes.flatMap((one, index) => trafficRule(decoder, one, `${name}.${index}`, entry.place) ?? []);
}

function trafficRule(decoder: Decoder, shape: Shape, key: string, at: Span): TrafficRule | null {
  const place = shape.kind === 'map' ? shape : at;
  const name = key.slice(0, key.indexOf('.'));
  decoder.note(key, place);
  if (shape.kind !== 'map') {
    decoder.wrong(shape, `${name} is a block: ${name} { … }.`);
    return null;
  }
  const entries = byName(decoder, shape, key);
  const cidr = entries.get('cidr_ipv4');
  if (!cidr) decoder.missing(place, `${name} needs cidr_ipv4, such as "0.0.0.0/0".`);
  const protocol = decoder.optionalText(entries, 'ip_protocol', `${key}.`, 'text');
  const text = cidr && decoder.text(cidr.value, `${key}.cidr_ipv4`, 'text');
  const { ports, used } = portsOf(decoder, entries);
  const ignored = shape.entries.filter(
    (one) => !used.has(one) && !['cidr_ipv4', 'ip_protocol'].includes(one.key ?? ''),
  );
  return {
    ...decoder.place(place),
    ...{ cidr: text ?? '', ports, protocol },
    ignored: ignored.map((one) => ({ key: one.key ?? '', ...decoder.place(one.place) })),
  };
}

function byName(decoder: Decoder, { entries }: MapShape, key: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const entry of entries) {
    const name = entry.key ?? '';
    if (found.has(name) && ['cidr_ipv4', 'ip_protocol'].includes(name))
      decoder.problem('hcl-twice', entry.place, `${name} is said twice.`);
    else if (!found.has(name)) decoder.note(`${key}.${name}`, entry.place);
    found.set(name, entry);
  }
  return found;
}

/** A range where both its ends are given, else the one port. */
function portsOf(decoder: Decoder, entries: Map<string, Entry>): { ports: PortRange | null; used: Set<Entry> } {
  const [start, end, port] = ['start_port', 'end_port', 'port'].map((name) => {
    const entry = entries.get(name);
    const number = entry ? wholeNumber(decoder.inside(entry.value), 16) : null;
    return entry && number !== null ? { entry, number } : null;
  });
  if (start && end)
    return { ports: { first: start.number, last: end.number }, used: new Set([start.entry, end.entry]) };
  if (port) return { ports: { first: port.number, last: port.number }, used: new Set([port.entry]) };
  return { ports: null, used: new Set() };
}

/** Whether a range touches the ports that Caution keeps for itself. */
export function isReserved({ first, last }: PortRange): boolean {
  return first <= reservedPorts.last && last >= reservedPorts.first;
}
