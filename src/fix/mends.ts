import { quoteWord } from '../caution/words.ts';
import { after, before, type Change, rewrite } from './block.ts';

/** What a change is chosen by. */
export interface Cause {
  cause: string;
  carrier?: string;
  /** Keyword of the instruction that brought the path in. */
  instruction: 'RUN' | 'COPY' | 'ADD' | 'WORKDIR';
  /** All that it says. */
  script: string;
  /** Where the file is in that stage, with a leading `/`; null when it is not known. */
  at: string | null;
}

/** A word where a shell expects a command. */
const command = (name: string) => new RegExp(`(^|[\\s;&|(\`])${name}(?=$|[\\s;&|)\`])`, 'g');

/** `date`, of the epoch instead of now. An epoch that the stage does not set is 0, as SOURCE_DATE_EPOCH means it. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
const epochDate = 'date -u -d "@${SOURCE_DATE_EPOCH:-0}"';
const fixedDate = rewrite((text) =>
  text.replace(/(^|[\s;&|(`])date(?! -u -d)(?=$|[\s;&|)`])/g, (_, lead: string) => `${lead}${epochDate}`),
);

const withoutName = rewrite((text) =>
  text.replace(command('gzip'), (match) => `${match} -n`).replace(/gzip -n -n\b/g, 'gzip -n'),
);

/** Sources as a plain clone has them carry the time of the clone. */
const touched = before('RUN find . -exec touch -h -d @0 {} +');

const setting = (assignment: string) => before(`ENV ${assignment}`);

const hashedByteCode = rewrite((text) =>
  text.includes('--invalidation-mode')
    ? text
    : text.replace(/(-m (?:compileall|py_compile))\b/g, '$1 --invalidation-mode unchecked-hash'),
);

const oneJob = rewrite((text) =>
  text
    .replace(
      /(\bxargs\b[^\n|;&]*?\s-P ?)[1-9]\d+|(\bxargs\b[^\n|;&]*?\s-P ?)[02-9]/g,
      (_, a?: string, b?: string) => `${a ?? b}1`,
    )
    .replace(/(\bmake\b[^\n|;&]*?\s-j) ?(?:\$\(nproc\)|\d+)?(?=\s|$)/g, '$11'),
);

const goFlag = (flag: string) =>
  rewrite((text) => (text.includes(flag) ? text : text.replace(/\bgo build\b/g, `go build ${flag}`)));

/** A name as a word of a RUN; null where it cannot stand on one line, or Docker itself would take it apart. */
function word(at: string | null): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return at === null || /[\x00-\x1f\x7f\\\u0085\u2028\u2029]|<</.test(at) ? null : quoteWord(at);
}

const withWord = (at: string | null, line: (name: string) => string): Change => {
  const name = word(at);
  return name === null ? () => null : after(line(name));
};

const removed = (at: string | null): Change => withWord(at, (name) => `RUN rm -rf ${name}`);

/** The modes of a checkout follow its umask; X leaves a file executable only where it was. */
const fixedModes = (at: string | null): Change => withWord(at, (name) => `RUN chmod -R u=rwX,go=rX ${name}`);

/**
 * The changes that would mend a cause, most fitting first; none where only the service's owners can.
 * Only the Containerfile is ever changed.
 */
export function changesFor({ cause, carrier, instruction, script, at }: Cause): Change[] {
  if (instruction !== 'RUN') return cause === 'umask' && instruction !== 'WORKDIR' ? [fixedModes(at)] : [];
  switch (cause) {
    case 'wall-clock':
      return carrier === 'gzip' ? [withoutName, fixedDate] : [fixedDate];
    case 'file-time':
      return carrier === 'gzip' ? [withoutName, touched] : [touched];
    case 'bytecode':
      return [hashedByteCode, setting('PYTHONDONTWRITEBYTECODE=1')];
    case 'hash-order':
      return /\bpython\d?(?:\.\d+)?\b/.test(script) ? [setting('PYTHONHASHSEED=0')] : [];
    case 'parallel-order':
      return [oneJob];
    case 'locale':
      return [setting('LC_ALL=C')];
    case 'timezone':
      return [setting('TZ=UTC')];
    case 'umask':
      return [fixedModes(at)];
    case 'log-file':
    case 'package-cache':
      return [removed(at)];
    case 'installer-metadata':
      return /\buv\b/.test(script) ? [setting('UV_NO_INSTALLER_METADATA=1')] : [removed(at)];
    case 'vcs-stamp':
      return [goFlag('-buildvcs=false')];
    case 'build-path':
    case 'temporary-path':
      return [goFlag('-trimpath')];
    default:
      return [];
  }
}
