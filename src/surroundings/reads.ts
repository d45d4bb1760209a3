import type { Finding, LanguageId } from '../app.ts';
import type { Project } from '../languages/language.ts';
import { placeOf } from '../languages/place.ts';
import { lineAt, type Sighting } from '../languages/scan.ts';
import { looksSecret } from '../secrets.ts';
import { codeTexts } from './code.ts';
import type { Part, Variable } from './facts.ts';
import { dockerFinding } from './rules.ts';

/** How each language reads a variable; the groups hold the name. */
const variables: Record<LanguageId, RegExp> = {
  node: /\bprocess\.env(?:\.([A-Z][A-Z0-9_]*)\b|\[\s*['"]([A-Z][A-Z0-9_]*)['"]\s*\])/g,
  python: /\bos\.(?:environ(?:\.get)?|getenv)\s*[[(]\s*['"]([A-Z][A-Z0-9_]*)['"]/g,
  go: /\bos\.(?:Getenv|LookupEnv)\(\s*"([A-Z][A-Z0-9_]*)"/g,
  rust: /\benv::var(?:_os)?\(\s*"([A-Z][A-Z0-9_]*)"/g,
};

/** How each language calls a container engine. */
const engines: Record<LanguageId, RegExp> = {
  node: /\bfrom\s+['"]dockerode['"]|\brequire\(\s*['"]dockerode['"]|['"](?:unix:\/\/)?\/var\/run\/docker\.sock['"]/,
  python:
    /\bdocker\.(?:from_env|DockerClient|APIClient)\(|\baiodocker\.Docker\(|['"](?:unix:\/\/)?\/var\/run\/docker\.sock['"]/,
  go: /\bclient\.New(?:ClientWithOpts|EnvClient)\(|"(?:unix:\/\/)?\/var\/run\/docker\.sock"/,
  rust: /\bDocker::connect_with_(?:local|socket|unix)_defaults\(|"(?:unix:\/\/)?\/var\/run\/docker\.sock"/,
};

/** How each language listens to UDP, and to anything else. */
const udp: Record<LanguageId, RegExp> = {
  node: /\bdgram\.createSocket\(|\bcreateSocket\(\s*['"]udp[46]['"]/,
  python: /\bcreate_datagram_endpoint\(|\bSOCK_DGRAM\b|\bUDPServer\(/,
  go: /\bnet\.Listen(?:UDP\(|Packet\(\s*"udp)/,
  rust: /\bUdpSocket::bind\(/,
};
const tcp: Record<LanguageId, RegExp> = {
  node: /\.listen\(|\bserve\(|\bcreateServer\(/,
  python:
    /\bSOCK_STREAM\b|\.run\(|\bserve\(|\bcreate_server\(|\bstart_server\(|TCPServer\(|HTTPServer\(|\b(?:Flask|FastAPI|Starlette)\(|get_[aw]sgi_application/,
  go: /\bListenAndServe|\bnet\.Listen(?:TCP)?\(|\.Serve\(|\.Run\(|\.Start\(/,
  rust: /\bTcpListener\b|\bServer::bind|\baxum::serve|HttpServer::new|\brocket\b|warp::serve/,
};

/** In services larger than this a container engine may be one of many things that they can work with. */
const smallService = 20;

/** What the code itself reads and reaches, apart from what a language's own detection is for. */
export function codeFacts(project: Project, language: LanguageId): Part {
  const found = new Map<string, Variable>();
  let engine: string | null = null;
  let datagrams: string | null = null;
  let streams = false;
  let files = 0;
  for (const { file, text } of codeTexts(project, language)) {
    files += 1;
    for (const { value: name, from } of matches(file, text, variables[language])) {
      if (!found.has(name) && !ordinary.test(name))
        found.set(name, { name, value: null, secret: looksSecret(name, null), from });
    }
    engine ??= placeIn(file, text, engines[language]);
    datagrams ??= placeIn(file, text, udp[language]);
    streams ||= tcp[language].test(text);
  }
  const calls = engine === null ? null : dockerFinding(engine, 'The code calls a container engine');
  return {
    variables: [...found.values()],
    udp: datagrams === null || streams ? [] : [{ value: 'in the code', from: datagrams }],
    findings: calls !== null && files > smallService ? [perhaps(calls)] : [],
    blocking: calls !== null && files <= smallService ? [calls] : [],
  };
}

/** Variables of the system, and those that the run command sets of itself. */
const ordinary =
  /^(PORT|HOME|PATH|USER|SHELL|TERM|LANG|TZ|PWD|TMPDIR|TEMP|TMP|HOSTNAME|NODE_ENV|CI|DEBUG|NO_COLOR|FORCE_COLOR|RUST_LOG|RUST_BACKTRACE|CARGO_.*|npm_.*|GITHUB_.*|PYTHON.*|SSL_CERT_FILE|HTTPS?_PROXY|NO_PROXY|XDG_.*)$/;

function* matches(file: string, text: string, pattern: RegExp): Generator<Sighting> {
  for (const match of text.matchAll(pattern)) {
    const name = match[1] ?? match[2];
    const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
    if (name !== undefined && !/^\s*(\/\/|#|\*)/.test(before))
      yield { value: name, from: `${file}:${lineAt(text, match.index)}` };
  }
}

function placeIn(file: string, text: string, pattern: RegExp): string | null {
  const at = text.search(pattern);
  return at < 0 ? null : `${file}:${lineAt(text, at)}`;
}

function perhaps(finding: Finding): Finding {
  return {
    ...finding,
    level: 'warning',
    message: 'The code can call a container engine; in the enclave there is none.',
    mend: 'See that the service does without: what starts containers fails.',
  };
}

/** What to say of variables that the service reads, or that files name for it. */
export function variableFindings(variables: readonly Variable[]): Finding[] {
  const secrets = variables.filter(({ secret }) => secret);
  const others = variables.filter(({ secret }) => !secret);
  const findings: Finding[] = [];
  if (secrets[0]) {
    findings.push({
      id: 'secrets-needed',
      level: 'warning',
      ...placeOf(secrets[0].from),
      message: `Variables that look secret: ${listed(secrets)}.`,
      why: 'The run command is public, as everything that is measured, so none of them may stand in it.',
      source: 'https://docs.caution.co',
      mend: 'Give them to Locksmith, by a caution.hcl with env::vault("NAME"): a Procfile cannot.',
    });
  }
  if (others[0]) {
    findings.push({
      id: 'variables-needed',
      level: 'note',
      ...placeOf(others[0].from),
      message: `Other variables: ${listed(others)}.`,
      why: 'The enclave sets what the run command sets, and no other.',
      mend: 'Name those that the service needs: --env NAME=VALUE.',
    });
  }
  return findings;
}

function listed(variables: readonly Variable[]): string {
  const names = variables.slice(0, 8).map(({ name }) => name.slice(0, 60));
  return names.join(', ') + (variables.length > 8 ? ` and ${variables.length - 8} more` : '');
}
