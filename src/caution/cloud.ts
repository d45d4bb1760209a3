/**
 * What Caution accepts for a team's own AWS account (BYOC), and for keys of people who debug. Each check gives the reason
 * for refusing a text, or null.
 * Source: https://github.com/CautionHosting/platform (src/caution-config).
 */

/** Regions, such as `eu-central-1` or `us-gov-west-1`. Source: https://docs.aws.amazon.com/general/latest/gr/rande.html */
export function checkRegion(text: string): string | null {
  return /^[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2}$/.test(text) ? null : 'A region is named like eu-central-1.';
}

/** Instance types, such as `m6i.xlarge`. */
export function checkInstanceType(text: string): string | null {
  return /^[a-z][a-z0-9-]{0,20}\.[a-z0-9-]{1,20}$/.test(text) ? null : 'An instance type is named like m6i.xlarge.';
}

/** @returns the check of ids with this prefix: `vpc-`, `subnet-`, `sg-`, then 8 or 17 hexadecimal digits in lower case. */
export function checkAwsId(prefix: 'vpc' | 'subnet' | 'sg'): (text: string) => string | null {
  const form = new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);
  return (text) => (form.test(text) ? null : `Such an id is ${prefix}- and 8 or 17 of 0-9 and a-f.`);
}

/** A public key of OpenSSH, on one line: type, key in base64, comment. The platform takes what begins with these. */
export function checkSshKey(text: string): string | null {
  if (/PRIVATE KEY/.test(text)) return 'This is a private key: give the public one (the .pub file).';
  return /^(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: [\x20-\x7e]*)?$/.test(text) && !text.includes('"')
    ? null
    : 'A key is one line of OpenSSH: ssh-ed25519 AAAA… name.';
}

/** An origin that browsers may send requests from: scheme, host and port. Source: https://www.rfc-editor.org/rfc/rfc6454 */
export function checkOrigin(text: string): string | null {
  if (text === '*') return 'Any page could then talk to the service: name each origin.';
  const refusal = 'An origin is a scheme, a host and perhaps a port: https://app.example.com.';
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(text)) return refusal;
  return URL.canParse(text) && new URL(text).origin === text ? null : refusal;
}
