/**
 * What Caution accepts as a name, a port, a domain, memory, a source.
 * Source: https://docs.caution.co and https://github.com/CautionHosting/platform (src/caution-config).
 * Each check takes what a person typed and gives the reason for refusing it, or null.
 */

/** Ports that Caution's own services use inside the enclave. */
export const reservedPorts = { first: 49500, last: 49600 } as const;

/** Enclave memory in MiB. */
export const memoryLimits = { min: 1, max: 391_168, platformDefault: 512 } as const;

/** Virtual processors of the enclave. */
export const cpuLimits = { min: 1, max: 46 } as const;

const wholeNumber = /^\d{1,9}$/;

/** App names: 3 to 63 of letters, digits, `-` and `_`, beginning and ending with a letter or digit. */
export function checkName(name: string): string | null {
  if (name.length < 3 || name.length > 63) return 'A name has 3 to 63 characters.';
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return 'A name is made of letters, digits, "-" and "_".';
  if (!/^[A-Za-z0-9].*[A-Za-z0-9]$/.test(name)) return 'A name begins and ends with a letter or a digit.';
  return null;
}

/** The nearest name that Caution accepts, such as for a folder called `my service`; null when nothing is left of it. */
export function nearestName(text: string): string | null {
  const name = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 63)
    .replace(/^[-_]+|[-_]+$/g, '');
  return checkName(name) === null ? name : null;
}

/** TCP ports: 1 to 65535, without those that Caution keeps for itself. */
export function checkPort(text: string): string | null {
  if (!wholeNumber.test(text)) return 'A port is a whole number from 1 to 65535.';
  const port = Number(text);
  if (port < 1 || port > 65_535) return 'A port is a whole number from 1 to 65535.';
  if (port >= reservedPorts.first && port <= reservedPorts.last) {
    return `Ports ${reservedPorts.first} to ${reservedPorts.last} are reserved by Caution.`;
  }
  return null;
}

export function checkMemory(text: string): string | null {
  const { min, max } = memoryLimits;
  const ok = wholeNumber.test(text) && Number(text) >= min && Number(text) <= max;
  return ok ? null : `Memory is a whole number of MiB from ${min} to ${max}.`;
}

export function checkCpus(text: string): string | null {
  const { min, max } = cpuLimits;
  const ok = wholeNumber.test(text) && Number(text) >= min && Number(text) <= max;
  return ok ? null : `The number of CPUs is a whole number from ${min} to ${max}; odd ones are rounded up.`;
}

/**
 * Public source URLs (`app_sources`): what a stranger can fetch, and nothing that would break a Procfile line, where
 * commas separate URLs.
 */
export function checkSource(text: string): string | null {
  if (/[\s,]/.test(text) || !/^[\x21-\x7e]+$/.test(text)) return 'A source is one URL, without blanks or commas.';
  const scp = /^[\w.-]+@[\w.-]+:/.test(text);
  if (scp) return 'Strangers cannot use an ssh address: give the https:// URL of the repository.';
  let url: URL;
  try {
    url = new URL(text.replaceAll(/\$\{COMMIT\}/g, 'COMMIT'));
  } catch {
    return 'A source is a URL such as https://example.com/team/service.git.';
  }
  if (url.username !== '' || url.password !== '') return 'A source is published: leave the user name and password out.';
  if (!['https:', 'http:', 'git:'].includes(url.protocol))
    return 'A source is fetched by strangers: use an https:// URL.';
  return null;
}

/** A Containerfile's path, as the platform accepts it: relative, canonical, of letters, digits and `-_./`. */
export function checkContainerfile(text: string): string | null {
  if (!/^[A-Za-z0-9._/-]+$/.test(text)) return 'The path is made of letters, digits and "-_./" only.';
  if (text.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    return 'The path is relative to the repository, without "." or ".." parts (Containerfile, not ./Containerfile).';
  }
  return null;
}

/** Variable names that a shell and the platform accept. */
export function checkVariable(name: string): string | null {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name !== '__proto__'
    ? null
    : 'A variable is named with letters, digits and "_".';
}

/**
 * A run command: one line, because a Procfile has one line a key.
 * `{{…}}` is refused because the platform fills such placeholders in after the command is put in its start script.
 */
export function checkRun(text: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\x00-\x1f\x7f\u2028\u2029]/.test(text)) return 'A run command is one line without control characters.';
  if (/\p{Surrogate}/u.test(text)) return 'Half of a character (a lone surrogate) is no text.';
  if (text.includes('{{')) return 'Caution replaces "{{…}}" in a run command: leave it out.';
  return null;
}

/** A domain, as the platform accepts it: fully qualified, labels of letters, digits and inner hyphens. */
export function checkDomain(text: string): string | null {
  if (text.length > 253) return 'A domain has at most 253 characters.';
  const labels = text.split('.');
  if (labels.length < 2) return 'A domain is fully qualified: it has a dot.';
  return labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
    ? null
    : 'The parts of a domain have 1 to 63 letters, digits and inner hyphens.';
}

/**
 * Whether a host can be reached from this machine or network alone: loopback, private and link-local addresses, and
 * names that no public resolver knows. Sources: https://www.rfc-editor.org/rfc/rfc6761, rfc1918, rfc4193, rfc6762
 */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name.startsWith('[')) return /^\[(?:::1?\]|::ffff:|f[cd]|fe[89ab])/.test(name);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name))
    return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      name,
    );
  return (
    !name.includes('.') || /\.(?:localhost|local|internal|intranet|lan|home|corp|test|invalid|home\.arpa)$/.test(name)
  );
}
