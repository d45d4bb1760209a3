import type { Finding } from '../app.ts';
import { splitWords } from '../caution/words.ts';
import type { Project } from '../languages/language.ts';
import { placeOf } from '../languages/place.ts';
import { inside } from '../languages/scan.ts';
import { printableLine } from '../output.ts';
import { looksSecret } from '../secrets.ts';
import { type Command, composeNames, type Part, type PortClaim, portNumber, together, type Variable } from './facts.ts';
import { baseName } from './launch.ts';
import { readJson } from './platforms/railway.ts';
import { dockerFinding, gpuFinding, isSocket, stateFinding } from './rules.ts';
import { type Branch, readYaml } from './tree.ts';

/**
 * What a compose file says of the service that is built from one folder.
 * A service below its repository's root may be one of the compose file there.
 */
export function composeFacts(project: Project): Part {
  const { around } = project;
  const above =
    around === undefined ? {} : factsOf(around.context, around.dir, '../'.repeat(around.dir.split('/').length));
  return together([factsOf(project, '', ''), above]);
}

/**
 * @param dir the service's folder, relative to the compose file's; `''` is the same.
 * @param prefix leads from the service's folder to the compose file's.
 */
function factsOf(project: Project, dir: string, prefix: string): Part {
  const file = composeNames.find((name) => project.has(name));
  const [root] = file === undefined ? [] : readYaml(prefix + file, project.read(file));
  if (root === undefined) return {};
  const services = root.at('services').members();
  const names = dir === '' ? manifestNames(project) : new Set<string>();
  const built = services.filter(
    ({ value }) => value.at('build').text !== null || value.at('build').isMap || names.has(imageName(value)),
  );
  const own = builtAsUsual(built.filter(({ value }) => contextOf(value) === dir));
  const others = services.filter(
    ({ value }) => value.at('image').text !== null && !built.some((b) => b.value === value),
  );
  const parts = own.map(({ key, value, from }) => serviceFacts(key, value, from));
  const needs = others.map(({ key, value, from }) => neighbour(key, value.at('image').text ?? key, from));
  const [all, main] = [together(parts), parts[mainOf(own)]];
  return {
    ...all,
    // One image under several commands is one program that runs several times.
    commands: main?.commands ?? [],
    beside: parts.filter((part) => part !== main).flatMap(({ commands }) => commands ?? []),
    findings: [...all.findings, ...(own.length > 0 && needs.length > 0 ? [neighbours(needs)] : [])],
  };
}

type Service = ReturnType<Branch['members']>[number];

/** Of services that are built in one folder those of the usual Dockerfile, if there are any: the rest are other images. */
function builtAsUsual(services: readonly Service[]): readonly Service[] {
  const usual = services.filter(({ value }) =>
    /^(\.\/)?(Dockerfile|Containerfile)$/.test(value.at('build', 'dockerfile').text ?? 'Dockerfile'),
  );
  return usual.length > 0 ? usual : services;
}

/** Which of several is the service itself: the only one with ports, else by its name, else the first. */
function mainOf(services: readonly Service[]): number {
  const withPorts = services.filter(({ value }) => portsOf(value).length > 0);
  const named = services.findIndex(({ key }) => /^(web|app|api|server|backend)$/.test(key));
  const [only] = withPorts;
  return only !== undefined && withPorts.length === 1 ? services.indexOf(only) : Math.max(named, 0);
}

/** What the manifests call the service: a published image of that name is the service itself. */
function manifestNames(project: Project): Set<string> {
  const { name } = readJson(project.read('package.json') ?? '') ?? {};
  const ofPackage = typeof name === 'string' ? [name.replace(/^@[^/]*\//, '')] : [];
  const patterns: [file: string, pattern: RegExp][] = [
    ['Cargo.toml', /^name[ \t]*=[ \t]*"([\w.-]+)"/m],
    ['pyproject.toml', /^name[ \t]*=[ \t]*"([\w.-]+)"/m],
    ['go.mod', /^module[ \t]+(\S+)/m],
  ];
  const named = patterns.flatMap(([file, pattern]) => pattern.exec(project.read(file) ?? '')?.[1] ?? []);
  // Of a Go module's path the last part that is no version.
  const names = [...ofPackage, ...named.map((each) => baseName(each.replace(/\/v\d+$/, '')))];
  return new Set(names.filter((each) => each !== ''));
}

/** The last part of an image's name, without tag and digest. */
function imageName(service: Branch): string {
  const [named = ''] = (service.at('image').text ?? '').split('@');
  return baseName(named).split(':')[0] ?? '';
}

function contextOf(service: Branch): string | null {
  const build = service.at('build');
  const context = build.text ?? build.at('context').text ?? '.';
  return inside('', context);
}

function serviceFacts(name: string, service: Branch, from: string): Part {
  const command = commandOf(name, service);
  return {
    ports: portsOf(service),
    udp: udpOf(service),
    variables: variablesOf(service),
    commands: command === null ? [] : [command],
    findings: volumeFindings(service),
    blocking: [...deviceFindings(service, from), ...socketFindings(service)],
  };
}

function commandOf(name: string, service: Branch): Command | null {
  const command = service.at('command');
  const text = command.text;
  const words = text === null ? command.items().flatMap((item) => item.text ?? []) : (splitWords(text) ?? []);
  return words.length === 0 ? null : { words, from: command.from, process: name };
}

/** Where Node's inspector listens. Source: https://nodejs.org/docs/latest-v24.x/api/cli.html#--inspecthostport */
const inspector = 9229;

/** `8080:80`, `127.0.0.1:8080:80/tcp`, `80`, or `target: 80`: the port inside of the container is meant. */
function portsOf(service: Branch): PortClaim[] {
  return [...service.at('ports').items(), ...service.at('expose').items()].flatMap((item) => {
    if ((item.at('protocol').text ?? 'tcp') !== 'tcp') return [];
    const text = item.at('target').text ?? /(?:^|:)(\d+)(?:\/tcp)?$/.exec(withDefaults(item.text ?? ''))?.[1];
    const port = portNumber(text);
    return port === null || port === inspector ? [] : [{ port, from: item.from }];
  });
}

/** `${PORT:-8080}` stands for what comes after the dash. */
function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w{1,100}:?-([^}]{0,200})\}/g, '$1');
}

function udpOf(service: Branch): { value: string; from: string }[] {
  return [...service.at('ports').items(), ...service.at('expose').items()].flatMap((item) => {
    const target = item.at('protocol').text === 'udp' ? item.at('target').text : null;
    const port = target ?? /(?:^|:)(\d+)\/udp$/.exec(withDefaults(item.text ?? ''))?.[1];
    return port === undefined ? [] : [{ value: port, from: item.from }];
  });
}

function variablesOf(service: Branch): Variable[] {
  const environment = service.at('environment');
  const pairs = environment.isMap
    ? environment.members().map(({ key, value, from }) => ({ name: key, value: value.text, from }))
    : environment.items().map((item) => {
        const [name = '', ...rest] = (item.text ?? '').split('=');
        return { name, value: rest.length > 0 ? rest.join('=') : null, from: item.from };
      });
  return pairs.map(({ name, value, from }) => ({ name, value: null, secret: looksSecret(name, value), from }));
}

function deviceFindings(service: Branch, from: string): Finding[] {
  const devices = service.at('deploy', 'resources', 'reservations', 'devices').items();
  const capable = devices.find((device) =>
    device
      .at('capabilities')
      .items()
      .some(({ text }) => text === 'gpu'),
  );
  const named = service.at('gpus').text ?? (service.at('runtime').text === 'nvidia' ? 'runtime: nvidia' : null);
  if (capable) return [gpuFinding(capable.from, 'A GPU is reserved')];
  return named === null ? [] : [gpuFinding(from, `gpus: ${named}`)];
}

function socketFindings(service: Branch): Finding[] {
  const mount = service
    .at('volumes')
    .items()
    .find((item) => isSocket(item.text ?? item.at('source').text ?? ''));
  return mount ? [dockerFinding(mount.from, "The service is given the container engine's socket")] : [];
}

/** Volumes with a name keep what the service writes; folders of the host are for developing. */
function volumeFindings(service: Branch): Finding[] {
  const named = service
    .at('volumes')
    .items()
    .find((item) => {
      const source = item.text?.split(':')[0] ?? (item.at('type').text === 'volume' ? item.at('source').text : null);
      return source !== null && source !== undefined && /^[A-Za-z0-9][\w.-]*$/.test(source) && item.text !== source;
    });
  return named ? [stateFinding(named.from)] : [];
}

interface Neighbour {
  name: string;
  from: string;
}

function neighbour(key: string, image: string, from: string): Neighbour {
  const plain = printableLine(image.split('@sha256:', 1)[0] ?? '', 60);
  return { name: plain === key ? key : `${printableLine(key, 40)} (${plain})`, from };
}

function neighbours(needs: readonly Neighbour[]): Finding {
  const shown = needs.slice(0, 5).map(({ name }) => name);
  return {
    id: 'needs-network',
    level: 'warning',
    ...placeOf(needs[0]?.from ?? ''),
    message: `Other services run beside this one: ${shown.join(', ')}${needs.length > 5 ? ' …' : ''}.`,
    why: 'They do not come along, and an enclave reaches the network only where egress is declared, which a Procfile cannot.',
    source: 'https://docs.caution.co',
    mend: 'Declare egress to where they run, in a caution.hcl; the names that Compose gives them do not exist there.',
  };
}
