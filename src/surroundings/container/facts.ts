import type { Finding } from '../../app.ts';
import { checkRun, checkVariable } from '../../caution/limits.ts';
import type { Project } from '../../languages/language.ts';
import { printableLine } from '../../output.ts';
import { looksSecret } from '../../secrets.ts';
import { type Command, type Part, type PortClaim, portNumber } from '../facts.ts';
import { gpuFinding, stateFinding } from '../rules.ts';
import { packageFindings } from './packages.ts';
import { doubtsOf, isStagex } from './pinned.ts';
import { type Container, readContainer, type Setting } from './read.ts';

/** A longer one is no person's, and is not read. */
const longest = 300_000;

/** In the order in which Caution looks for them. */
const names = ['Containerfile', 'Dockerfile'];

/** What an existing Dockerfile or Containerfile says of the service: what is kept of it, what is dropped, and why. */
export function containerFacts(project: Project): Part {
  const file = names.find((name) => project.has(name));
  const container = file === undefined ? null : containerAt(project, file);
  if (file === undefined || container === null) return {};
  const settings = settingsOf(container);
  // What this tool wrote before is no news; its variables may be all that is left of an older file's.
  if (isStagex(container)) return { settings: settings.kept };
  const packages = packageFindings(project, container);
  const { tcp, udp } = exposed(container);
  return {
    ports: [...tcp, ...settings.ports],
    udp,
    settings: settings.kept,
    variables: settings.secret.map(({ name, line }) => ({ name, value: null, secret: true, from: `${file}:${line}` })),
    commands: container.start === null ? [] : [container.start],
    findings: [
      ...pinnedFindings(container),
      ...packages.findings,
      ...instructionFindings(container),
      ...settings.findings,
    ],
    blocking: [...packages.blocking, ...baseFindings(container)],
  };
}

function containerAt(project: Project, file: string): Container | null {
  const text = project.read(file);
  return text === null || text.length > longest ? null : readContainer(file, text);
}

/** Where else images for production are described. */
const others = /^(docker\/)?(Dockerfile\.prod\w*|prod\w*\.Dockerfile)$|^docker\/Dockerfile$/;

/** What the images of the service start, each file on its own; what this tool wrote tells nothing new. */
export function containerStarts(project: Project): Command[] {
  const files = [...names.filter((name) => project.has(name)), ...project.files.filter((file) => others.test(file))];
  return files.flatMap((file) => {
    const container = containerAt(project, file);
    return container === null || container.start === null || isStagex(container) ? [] : [container.start];
  });
}

/** Variables of the build, of the base image, or of what our image does in another way. */
const notOurs =
  /^(PATH|HOME|SHELL|USER|TERM|PWD|LANG|LANGUAGE|LC_\w+|TZ|DEBIAN_FRONTEND|APT_\w+|VIRTUAL_ENV|PIP_\w+|UV_\w+|POETRY_\w+|PDM_\w+|PIPENV_\w+|PYTHON(PATH|SAFEPATH|DONTWRITEBYTECODE|HASHSEED|_VERSION)|NODE_(ENV|VERSION|PATH)|NPM_CONFIG_\w+|npm_config_\w+|PNPM_\w+|YARN_\w+|COREPACK_\w+|CARGO_\w+|RUSTUP_\w+|RUSTFLAGS|GO(PATH|CACHE|ROOT|OS|ARCH|AMD64|FLAGS|PROXY|SUMDB|PRIVATE|TOOLCHAIN|WORK|ENV|111MODULE|BIN)|CGO_\w+|CC|CXX|CFLAGS|LDFLAGS|MAKEFLAGS|LD_\w+|SOURCE_DATE_EPOCH|BUNDLE_\w+|TINI_VERSION|.*_VERSION|NVIDIA_\w+)$/;

interface Settings {
  kept: NonNullable<Part['settings']>;
  ports: PortClaim[];
  secret: Setting[];
  findings: Finding[];
}

/** The enclave takes nothing of an image's ENV: what the service runs with today goes into the run command. */
function settingsOf({ file, env }: Container): Settings {
  const last = env.filter(({ name }, index) => env.findLastIndex((other) => other.name === name) === index);
  const ours = last.filter(({ name }) => !notOurs.test(name));
  const secret = ours.filter(({ name, value }) => value !== '' && looksSecret(name, value));
  const ports = ours.flatMap(({ name, value, line }): PortClaim[] => {
    const port = /^(HTTP_|SERVER_|APP_|LISTEN_)?PORT$/.test(name) ? portNumber(value) : null;
    return port === null ? [] : [{ port, from: `${file}:${line}` }];
  });
  const open = ours.filter((setting) => setting.name !== 'PORT' && !secret.includes(setting));
  const isKept = ({ name, value }: Setting) => value !== null && checkVariable(name) === null && isPortable(value);
  const left = open.filter((setting) => !isKept(setting));
  return {
    kept: open.filter(isKept).map(({ name, value, line }) => ({ name, value: value ?? '', from: `${file}:${line}` })),
    ports,
    secret,
    findings: [
      ...left.map((setting) => settingLeft(file, setting)),
      ...secret
        .map(({ name, value, line }) => (value === null ? null : secretIn(file, name, line)))
        .filter((f) => f !== null),
    ],
  };
}

/** Paths are another image's, and what a command line cannot carry cannot be taken over. */
function isPortable(value: string): boolean {
  return value !== '' && !value.startsWith('/') && value.length <= 500 && checkRun(value) === null;
}

function settingLeft(file: string, { name, line }: Setting): Finding {
  return {
    id: 'container-variable',
    level: 'warning',
    path: file,
    line,
    message: `${printableLine(name, 60)} is set here, and not taken over.`,
    why: 'It names a path of that image, is made of other variables, or does not fit into a command line.',
    mend: `Where the service needs it: --env ${printableLine(name, 60)}=VALUE.`,
  };
}

function secretIn(file: string, name: string, line: number): Finding {
  return {
    id: 'secret-in-source',
    level: 'warning',
    path: file,
    line,
    message: `${printableLine(name, 60)} looks like a secret, and its value stands in the file.`,
    why: 'Who can read the source or the image can read it, and both are public once the enclave is verified by others.',
    mend: 'Take it out, change it where it is used, and give the new one to Locksmith.',
  };
}

function exposed({ file, final }: Container): { tcp: PortClaim[]; udp: NonNullable<Part['udp']> } {
  const words = final
    .filter(({ keyword }) => keyword === 'EXPOSE')
    .flatMap(({ text, line }) => text.split(/\s+/).map((word) => ({ word, from: `${file}:${line}` })));
  const tcp = words.flatMap(({ word, from }) => {
    const port = portNumber(/^(\d+)(?:\/tcp)?$/i.exec(word)?.[1]);
    return port === null ? [] : [{ port, from }];
  });
  const udp = words.flatMap(({ word, from }) => {
    const port = /^(\d+)\/udp$/i.exec(word)?.[1];
    return port === undefined ? [] : [{ value: port, from }];
  });
  return { tcp, udp };
}

function pinnedFindings(container: Container): Finding[] {
  const doubts = doubtsOf(container);
  const [first] = doubts;
  if (first === undefined) {
    return [
      {
        id: 'container-pinned',
        level: 'note',
        path: container.file,
        message: `${container.file} names all images by digest, and nothing was seen that it takes at its newest.`,
        why: 'It may be reproducible as it is.',
        mend:
          container.file === 'Containerfile'
            ? 'Prove it: npx create-caution-app verify. To keep it, answer no where it would be replaced.'
            : 'Prove it before a Containerfile is there, which Caution builds instead: npx create-caution-app verify.',
      },
    ];
  }
  const shown = doubts.slice(0, 4).map(({ what, line }) => `${printableLine(what, 60)} (line ${line})`);
  return [
    {
      id: 'container-unpinned',
      level: 'note',
      path: container.file,
      line: first.line,
      message: `Not reproducible: ${shown.join(', ')}${doubts.length > 4 ? ` and ${doubts.length - 4} more` : ''}.`,
      why: 'Each build takes what is newest at its time.',
      mend: `No change is needed: Caution builds ${container.file === 'Containerfile' ? 'the Containerfile that takes its place' : 'the Containerfile that is written beside it'}.`,
    },
  ];
}

const dropped: Record<string, Pick<Finding, 'id' | 'level' | 'message' | 'why' | 'mend'>> = {
  USER: {
    id: 'container-user',
    level: 'note',
    message: 'USER is dropped.',
    why: 'In the enclave there is one account, root, and one program: the enclave itself is the wall around it.',
    mend: 'If the service refuses to run as root, take that check out.',
  },
  HEALTHCHECK: {
    id: 'container-healthcheck',
    level: 'note',
    message: 'HEALTHCHECK is dropped.',
    why: 'Nothing in an enclave calls it: when the service ends, the enclave stops.',
    mend: 'Ask the path that it asked for from outside of the enclave.',
  },
};

function instructionFindings({ file, final }: Container): Finding[] {
  const volume = final.find(({ keyword }) => keyword === 'VOLUME');
  const left = Object.entries(dropped).flatMap(([keyword, finding]): Finding[] => {
    const line = final.findLast((each) => each.keyword === keyword);
    if (!line || /^(root|0(:0)?|none)$/i.test(line.text)) return [];
    return [{ ...finding, path: file, line: line.line }];
  });
  return volume ? [...left, stateFinding(`${file}:${volume.line}`)] : left;
}

/** What the base image alone tells. */
function baseFindings({ file, bases }: Container): Finding[] {
  return bases.flatMap(({ image, line }): Finding[] => {
    if (/(^|\/)(nvidia\/cuda|nvidia\/|rocm\/)|-gpu\b|cuda\d*/.test(image))
      return [gpuFinding(`${file}:${line}`, image)];
    return [];
  });
}
