/** What a line of a service's output says went wrong. */
export type Trouble =
  | 'variable'
  | 'name-resolution'
  | 'connection'
  | 'library'
  | 'module'
  | 'missing-file'
  | 'permission'
  | 'read-only'
  | 'address-in-use'
  | 'address'
  | 'memory'
  | 'processor';

/** One way in which a runtime says it. */
export interface Idiom {
  trouble: Trouble;
  /** Held against one line; must take time linear in its length. */
  pattern: RegExp;
  /** Where the name of what it is about stands: the first of these groups that matched. */
  groups?: readonly number[];
}

/** A name as variables of an environment have it. */
const name = '([A-Z][A-Z0-9_]{1,63})';
const quote = '["\'`]?';
const host = '([\\w.-]{1,253})';
const any = (trouble: Trouble, ...patterns: readonly (string | RegExp)[]): Idiom[] =>
  patterns.map((pattern) => ({ trouble, pattern: new RegExp(pattern), groups: [1, 2] }));

const variables = any(
  'variable',
  // Python: starlette, python-decouple, environs, django-environ, Django itself
  /Config '(\w{1,64})' is missing, and has no default/,
  /UndefinedValueError: (\w{1,64}) not found/,
  /Environment variable "(\w{1,64})" (?:not set|invalid)/,
  /ImproperlyConfigured: Set the (\w{1,64}) environment variable/,
  /define the environment variable (\w{1,64})/,
  // Node: env-var, envalid, Joi, t3-env
  /env-var: "(\w{1,64})" is a required variable/,
  /Config validation error: "(\w{1,64})" is required/,
  /^\s{1,8}(?:- )?([A-Z][A-Z0-9_]{1,63}): (?:undefined|Missing|Required|\[ 'Required' \])/,
  // Go: kelseyhightower/envconfig, caarlos0/env, sethvargo/go-envconfig
  /required key (\w{1,64}) missing value/,
  /required environment variable "?(\w{1,64})"? is not set/,
  /missing required (?:value|environment variable): (\w{1,64})/,
  // Rust: envy, and the words of std::env::VarError
  /missing value for field (\w{1,64})/,
  `${name}[^A-Za-z]{1,4}(?:must be|is not|not|should be) set: NotPresent`,
  `${name}\\b.{0,40}environment variable not found`,
  /()\bon an `Err` value: NotPresent/,
  /()^(?:.{0,80}\W)?environment variable not found/,
  // Shells, Ruby, Spring
  `${name}: (?:parameter not set|unbound variable|parameter null or not set)`,
  `key not found: "${name}"`,
  /Could not resolve placeholder '(\w{1,64})'/,
  // What people write themselves
  `[Ee]nv(?:ironment)?(?: |_)?var(?:iable)?s?:? (?:named |called )?${quote}${name}${quote} (?:is |was |are )?(?:not |un|missing|required|empty)`,
  `[Mm]issing (?:required |mandatory )*(?:[Ee]nv(?:ironment)?(?: var(?:iable)?s?)?|[Cc]onfig(?:uration)?|var(?:iable)?|setting)s?[^A-Za-z]{1,4}${name}`,
  `${name}${quote} (?:environment variable|env var|env variable) (?:is |was |must |has |not )`,
  `(?:^|[^A-Za-z0-9_./-])${name}${quote} (?:(?:is|was|are) (?:not (?:set|defined|provided|present|configured)|required|missing|undefined|unset|empty)|must be (?:set|defined|provided)|(?:not|isn't) (?:set|defined|provided)|is a required)`,
  `(?:[Pp]lease |must |[Yy]ou need to )(?:set|provide|define|specify) (?:the )?(?:environment variable |env var )?${quote}${name}\\b`,
);

const names = any(
  'name-resolution',
  // Node
  `getaddrinfo (?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|EAI_NODATA) ${host}`,
  `query\\w{0,10} (?:ECONNREFUSED|ETIMEOUT|ENOTFOUND|ESERVFAIL) ${host}`,
  // Python and what it calls: urllib3, aiohttp, libpq
  `Failed to resolve '${host}'`,
  `Cannot connect to host ${host}:\\d+ .{0,40}\\[(?:Name|Temporary|Try again|DNS)`,
  `could not translate host name "${host}" to address`,
  // Go
  `lookup ${host}(?: on [^ ]+)?: `,
  // Rust: reqwest names the URL
  `url:? ?[("]{1,2}\\w{1,10}://(?:[^@/\\s")]{1,100}@)?${host}.{0,400}(?:dns error|failed to lookup address)`,
  // Java, .NET, PHP, curl, wget, Ruby
  `UnknownHostException: ${host}`,
  `Name (?:or service not known|does not resolve) \\(${host}:\\d+\\)`,
  `php_network_getaddresses: getaddrinfo for ${host} failed`,
  `Could not resolve host(?:name)?:? ${quote}${host}`,
  `bad address '${host}'`,
  `unable to resolve host(?: address)? ${quote}${host}`,
);

/** These do not name the host. `Name does not resolve` and `Try again` are musl's words. */
const unnamedHosts = any(
  'name-resolution',
  /()failed to lookup address information/,
  /()Temporary failure in name resolution/,
  /()Name or service not known/,
  /()no such host/,
  /()Name does not resolve/,
  /()gaierror: \[Errno -\d+\]/,
);

const address = '((?:\\d{1,3}\\.){3}\\d{1,3}(?::\\d{1,5})?|\\[?[0-9a-f:]{2,39}\\]?:\\d{1,5})';
const refusal =
  '(?:[Cc]onnection refused|[Nn]etwork (?:is )?unreachable|[Hh]ost is unreachable|[Nn]o route to host|i/o timeout|[Cc]onnection timed out|[Oo]peration timed out)';
const connections = any(
  'connection',
  `connect (?:ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT) ${address}`,
  /connect (?:ECONNREFUSED|ENOENT) (\/[\w./-]{1,200})/,
  `dial (?:tcp|udp)[46]? ${address}: .{0,40}${refusal}`,
  `connection to server at "?([\\w.:-]{1,253}"?, port \\d+) failed: ${refusal}`,
  `(?:to|host|at|addr|address|server|peer) ${quote}${address}${quote}.{0,60}${refusal}`,
  /()ConnectionRefusedError|()kind: ConnectionRefused\b|()kind: NetworkUnreachable\b/,
  `()${refusal}(?: \\(os error \\d+\\)|$)`,
);

const paths = any(
  'missing-file',
  /ENOENT: no such file or directory, \w+ '([^']{1,300})'/,
  /FileNotFoundError: \[Errno 2\] No such file or directory: '([^']{1,300})'/,
  /(?:open|stat|lstat|read|exec|fork\/exec|chdir|readlink) (\S{1,300}): no such file or directory/,
  /spawn (\S{1,300}) ENOENT/,
  /exec: "(\S{1,300})": executable file not found/,
  /can't (?:open|cd to) '?([^':]{1,300})'?:? No such file/,
  /python\d?[\d.]*: can't open file '([^']{1,300})'/,
  /(?:^|[\s:])(\/[^\s:'"]{1,300}): No such file or directory/,
  /()No such file or directory \(os error 2\)|()code: 2, kind: NotFound/,
);

const denials = any(
  'permission',
  /E(?:ACCES|PERM): (?:permission denied|operation not permitted), \w+ '([^']{1,300})'/,
  /listen E(?:ACCES|PERM): permission denied (\S{1,100})/,
  /PermissionError: \[Errno 1?[13]\] (?:Permission denied|Operation not permitted)(?:: '([^']{1,300})')?/,
  /listen (?:tcp|udp)[46]? (\S{1,100}): bind: permission denied/,
  /(?:open|mkdir|create|unlink|rename|exec|fork\/exec) (\S{1,300}): permission denied/,
  /(?:^|[\s:])(\/[^\s:'"]{1,300}): [Pp]ermission denied/,
  /()Permission denied \(os error 13\)|()code: 13, kind: PermissionDenied/,
);

/** The order decides what a line that fits several is taken for: what names its subject comes before what does not. */
export const idioms: readonly Idiom[] = [
  ...any(
    'library',
    /Error loading shared library ([^\s:]{1,200}):/,
    /Error relocating (\S{1,300}): .{1,200}: symbol not found/,
    /error while loading shared libraries: ([^\s:]{1,200}):/,
    /ImportError: ([^\s:]{1,200}\.so[.\d]*): cannot open shared object/,
    /(?:libc\.so\.6|libstdc\+\+\.so\.6|libm\.so\.6): version `(\w[\w.]{1,40})' not found/,
  ),
  ...any(
    'module',
    /ModuleNotFoundError: No module named '([^']{1,200})'/,
    /No module named ([\w.]{1,200})$/,
    /Cannot find (?:module|package) '([^']{1,300})'/,
    /ImportError: cannot import name '([^']{1,200})'/,
    /Could not import module "([^"]{1,200})"/,
  ),
  ...names,
  ...variables,
  ...unnamedHosts,
  ...any(
    'address-in-use',
    /EADDRINUSE: address already in use ([\w.:[\]*]{1,100})/,
    /listen (?:tcp|udp)[46]? ([\w.:[\]*]{1,100}): bind: address already in use/,
    /bind on address \(?'?([\w.:[\]*', ]{1,100}?)\)?: (?:\[Errno 98\] )?[Aa]ddress (?:already )?in use/,
    /()[Aa]ddress (?:already )?in use|()\bAddrInUse\b/,
  ),
  ...any(
    'address',
    /EADDRNOTAVAIL: address not available ([\w.:[\]]{1,100})/,
    /listen (?:tcp|udp)[46]? ([\w.:[\]]{1,100}): bind: cannot assign requested address/,
    /()[Cc]annot assign requested address|()Address not available|()\bAddrNotAvailable\b/,
    /EAFNOSUPPORT: address family not supported ([\w.:[\]]{1,100})/,
    /()Address family not supported/,
  ),
  ...connections,
  ...any('read-only', /EROFS: read-only file system, \w+ '([^']{1,300})'/, /()[Rr]ead-only file system/),
  ...denials,
  ...paths,
  ...any(
    'memory',
    /()JavaScript heap out of memory|()fatal error: runtime: out of memory|()runtime: cannot allocate memory/,
    /()memory allocation of \d+ bytes failed|()^MemoryError\b|()java\.lang\.OutOfMemoryError|()Cannot allocate memory/,
  ),
  ...any(
    'processor',
    /()[Ii]llegal instruction|()does not support (?:GOAMD64|x86-64-v\d)|()CPU ISA level is lower than required/,
  ),
];
