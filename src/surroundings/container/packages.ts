import type { Finding } from '../../app.ts';
import type { Project } from '../../languages/language.ts';
import { mentions } from '../code.ts';
import { dockerFinding } from '../rules.ts';
import { simpleCommands } from '../shell.ts';
import type { Container, Line } from './read.ts';

/** A package of the distribution, and the line that installs it. */
interface Package {
  name: string;
  line: number;
}

/** Tools for building, fetching and looking around, headers, and what the image of ours has in another form. */
const dispensable = new RegExp(
  `^(?:${[
    'ca-certificates|curl|wget|git|bash|tini|dumb-init|gnupg2?|lsb-release|apt-(?:transport-https|utils)|tzdata',
    'procps|netcat.*|iputils-ping|iproute2|dnsutils|vim(?:-tiny)?|nano|less|unzip|zip|tar|gzip|xz-utils|make|gcc|g\\+\\+',
    'build-(?:essential|base)|python3?(?:-(?:dev|pip|venv|setuptools|wheel|distutils|minimal))?|py3-pip|python-is-python3',
    'pkg-?conf(?:ig)?|cmake|ninja(?:-build)?|autoconf|automake|libtool|patch|file|clang|llvm|mold|lld|binutils|musl-(?:dev|tools)',
    'linux-headers|libc6-compat|gcompat|libc6|libc-dev|libstdc\\+\\+6?|libgcc(?:-s1|1)?|openssl|libssl[\\d.]*|libcrypto[\\d.]*|openssh-client',
    'locales|sudo|su-exec|gosu|shadow|software-properties-common|dos2unix|htop|strace|coreutils|findutils|grep|sed|gawk',
    'node(?:js)?|npm|yarn|cargo|rustc|rust|go|golang(?:-go)?|upx|protobuf-compiler|protoc|libpq5?|postgresql-libs|zlib1g|zlib|libffi\\d*',
    'default-libmysqlclient\\d*|mariadb-connector-c|.*-dev|.*-devel|.*-headers',
  ].join('|')})$`,
);

/** Servers and keepers of processes, which would run beside the service. */
const servers =
  /^(nginx(-.*)?|apache2|httpd|haproxy|varnish|redis(-server)?|memcached|postgresql(-\d+)?|supervisor|cron|dcron|busybox-suid|s6-overlay|runit)$/;

/** Docker's own tools: who installs them wants to start containers. */
const docker = /^(docker(\.io|-ce|-ce-cli|-cli|-compose|-compose-plugin|-engine)?|podman|containerd(\.io)?|buildah)$/;

/** Programs of packages that are called otherwise, as code would name them. */
const programs: Record<string, readonly string[]> = {
  imagemagick: ['convert', 'magick', 'identify', 'mogrify', 'gm'],
  graphicsmagick: ['gm'],
  'poppler-utils': ['pdftotext', 'pdftoppm', 'pdfinfo', 'pdf2image'],
  chromium: ['chromium', 'puppeteer', 'puppeteer-core', 'playwright'],
  'chromium-browser': ['chromium-browser', 'puppeteer', 'puppeteer-core', 'playwright'],
  'postgresql-client': ['psql', 'pg_dump', 'pg_restore'],
  'tesseract-ocr': ['tesseract', 'pytesseract'],
  graphviz: ['dot', 'graphviz'],
  libreoffice: ['soffice', 'libreoffice'],
  ghostscript: ['gs'],
  ffmpeg: ['ffmpeg', 'ffprobe', 'fluent-ffmpeg'],
};

export function packageFindings(project: Project, container: Container): { findings: Finding[]; blocking: Finding[] } {
  const packages = packagesOf(container.final);
  const place = (line: number) => ({ path: container.file, line });
  const findings: Finding[] = [];
  const tools = packages.filter(({ name }) => dispensable.test(name));
  if (tools[0]) {
    findings.push({
      id: 'container-packages',
      level: 'note',
      ...place(tools[0].line),
      message: `Left out: ${listed(tools)}.`,
      why: 'The image holds the service and what it loads; compilers and headers come from StageX, and nobody logs in.',
      mend: 'If the service calls one of them while it runs, copy it from a StageX package in the final stage, or do without it.',
    });
  }
  for (const { name, line } of packages) {
    if (dispensable.test(name) || docker.test(name)) continue;
    findings.push(servers.test(name) ? serverFinding(name, place(line)) : programFinding(project, name, place(line)));
  }
  const engine = packages.find(({ name }) => docker.test(name));
  return {
    findings,
    blocking: engine ? [dockerFinding(`${container.file}:${engine.line}`, `The image installs ${engine.name}`)] : [],
  };
}

function listed(packages: readonly Package[]): string {
  const names = packages.slice(0, 6).map(({ name }) => name);
  return names.join(', ') + (packages.length > 6 ? ` and ${packages.length - 6} more` : '');
}

function serverFinding(name: string, place: { path: string; line: number }): Finding {
  return {
    id: 'container-server',
    level: 'warning',
    ...place,
    message: `${name} is installed beside the service; it is left out.`,
    why: 'An enclave runs one command.',
    mend: 'Let the service answer by itself; Caution has a front of its own for HTTP.',
  };
}

/** A program that the code calls by name will be missed; one that it does not, perhaps. */
function programFinding(project: Project, name: string, place: { path: string; line: number }): Finding {
  const used = mentions(project, programs[name] ?? [name]);
  return {
    id: 'container-program',
    level: used === null ? 'warning' : 'error',
    ...place,
    message:
      used === null ? `${name} is left out.` : `The service calls ${name} (${used}), which the image does not have.`,
    why: 'The image holds the service and the libraries that it loads, from StageX alone.',
    mend:
      used === null
        ? 'If the service calls it while it runs, copy it from a StageX package in the final stage, or do without it.'
        : 'Do that with a library of the language, or have it done by a service outside of the enclave.',
  };
}

/** What RUN instructions install with a distribution's package manager. */
export function packagesOf(lines: readonly Line[]): Package[] {
  const found = new Map<string, Package>();
  for (const { keyword, text, line } of lines) {
    if (keyword !== 'RUN') continue;
    for (const { words } of simpleCommands(text)) {
      for (const name of installed(words)) if (!found.has(name)) found.set(name, { name, line });
    }
  }
  return [...found.values()];
}

/** Options that take a word of their own. */
const withValue = /^(-t|--target-release|--repository|-X|--virtual|-o|--option)$/;

function installed(words: readonly string[]): string[] {
  const at = words.findIndex((word) => /^(.*\/)?(apt|apt-get|apk|yum|dnf|microdnf|zypper)$/.test(word));
  const verb = words.findIndex((word, index) => index > at && /^(install|add)$/.test(word));
  if (at < 0 || verb < 0) return [];
  // apk's virtual packages are there to be removed again.
  if (words.slice(verb).some((word) => /^(--virtual|-t|--virtual=.*)$/.test(word)) && /apk$/.test(words[at] ?? ''))
    return [];
  const names: string[] = [];
  for (let index = verb + 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (withValue.test(word)) index += 1;
    else if (!word.startsWith('-')) names.push(word.replace(/[=~<>].*$/, ''));
  }
  return names.filter((name) => /^[A-Za-z0-9][\w.+-]*$/.test(name));
}
