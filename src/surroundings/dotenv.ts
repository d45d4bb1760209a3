import type { Finding } from '../app.ts';
import { readDotenv } from '../dotenv.ts';
import type { Project } from '../languages/language.ts';
import { looksSecret } from '../secrets.ts';
import { type Part, portNumber, together } from './facts.ts';

/** Files that show which variables there are, with values that are examples. */
const examples = [
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  '.env.defaults',
  'env.example',
  'example.env',
];

/** What example files of variables say, and that a real one is committed. Values are never shown. */
export function dotenvFacts(project: Project): Part {
  return together([
    ...examples.filter((file) => project.has(file)).map((file) => exampleFacts(project, file)),
    committed(project),
  ]);
}

function exampleFacts(project: Project, file: string): Part {
  const lines = readDotenv(project.read(file) ?? '').map(({ line, ...said }) => ({ ...said, from: `${file}:${line}` }));
  return {
    ports: lines.flatMap(({ name, value, from }) => {
      const port = name === 'PORT' ? portNumber(value) : null;
      return port === null ? [] : [{ port, from }];
    }),
    variables: lines
      .filter(({ name }) => name !== 'PORT')
      .map(({ name, value, from }) => ({ name, value: null, secret: looksSecret(name, value), from })),
  };
}

function committed(project: Project): Part {
  if (!project.has('.env')) return {};
  const secret = readDotenv(project.read('.env') ?? '').some(
    ({ name, value }) => value !== '' && looksSecret(name, value),
  );
  const finding: Finding = {
    id: 'env-file',
    level: 'warning',
    path: '.env',
    message: `.env is no part of the image${secret ? ', and holds what looks like a secret' : ''}.`,
    why: 'It holds settings and secrets of one machine, and whoever verifies the enclave reads the source.',
    mend: `Name public settings with --env NAME=VALUE; give secrets to Locksmith${secret ? ', and keep them out of git' : ''}.`,
  };
  return { findings: [finding] };
}
