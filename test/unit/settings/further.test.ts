import { describe, expect, it } from 'vitest';
import { carriedFormat, contradictions, furtherSettings, valuesFrom } from '../../../src/settings/further.ts';
import { checkAnswers } from '../../../src/settings/resolve.ts';
import type { Answers, Known } from '../../../src/settings/setting.ts';
import { languageOptions } from '../../../src/settings/table/service.ts';

const known = (answers: Answers, written: Known['written'] = {}): Known => ({
  ...{ answers, written, detection: null, folderName: 'app', origin: null, language: 'go' },
  ...{ languageMemoryMb: 512, languageChoices: languageOptions, undecided: false },
});
const further = (answers: Answers, written?: Known['written']) => furtherSettings(valuesFrom(known(answers, written)));
const flagsRefused = (answers: Answers, written?: Known['written']) =>
  contradictions(known(answers, written)).map(({ flag }) => flag);

describe('further settings', () => {
  it('are absent when nothing is said', () => expect(further({})).toEqual({}));
  it('are what the files say, and what is said wins', () => {
    const written = { domain: 'a.example', egress: ['0.0.0.0/0'], debug: 'true' };
    expect(further({ domain: 'b.example', debug: 'false' }, written)).toEqual({
      ...{ domain: 'b.example', egress: ['0.0.0.0/0'], format: 'both' },
    });
  });
  it('make an encryption', () =>
    expect(further({ e2e: 'steve', e2eKeyExchange: 'xwing-draft10', corsOrigin: ['https://a.example'] })).toEqual({
      encryption: {
        ...{ mode: 'steve', keyExchange: 'xwing-draft10', corsOrigins: ['https://a.example'] },
        plaintextFallback: false,
      },
      format: 'both',
    }));
});

describe('the format', () => {
  const format = (answers: Answers, written?: Known['written']) => carriedFormat(valuesFrom(known(answers, written)));
  it('is a Procfile, as long as that carries what is set', () => {
    expect(format({})).toBe('procfile');
    expect(format({ domain: 'a.example', e2e: 'steve', upstreamProtocol: 'http', env: ['A=1'] })).toBe('procfile');
    expect(format({ debug: 'true', awsRegion: 'eu-central-1', awsSubnetId: ['subnet-0123abcd'] })).toBe('procfile');
  });
  it.each([
    { secret: ['A'] },
    { egress: ['0.0.0.0/0'] },
    { upstreamProtocol: 'h2c' },
    { e2e: 'tls' },
    { e2e: 'steve', e2eKeyExchange: 'xwing-draft10' },
    { e2e: 'steve', corsOrigin: ['https://a.example'] },
    { awsRegion: 'eu-central-1', awsSubnetId: ['subnet-0123abcd', 'subnet-0123abce'] },
  ] as Answers[])('is both for %j', (answers) => expect(format(answers)).toBe('both'));
  it('is what was asked for, or what is there', () => {
    expect(format({ format: 'hcl' })).toBe('hcl');
    expect(format({ secret: ['A'] }, { format: 'hcl' })).toBe('hcl');
  });
});

describe('settings that do not go together are refused', () => {
  it.each([
    [{ e2e: 'tls' }, ['--e2e']],
    [{ e2e: 'tls', domain: 'a.example' }, ['--e2e']],
    [{ e2e: 'tls', domain: 'a.example', egress: ['0.0.0.0/0'] }, []],
    [{ corsOrigin: ['https://a.example'] }, ['--cors-origin']],
    [{ e2e: 'tls', domain: 'a.b', egress: ['0.0.0.0/0'], e2eKeyExchange: 'x25519' }, ['--e2e-key-exchange']],
    [{ upstreamProtocol: 'h2c' }, ['--upstream-protocol']],
    [{ upstreamProtocol: 'h2c', e2e: 'tls', domain: 'a.b', egress: ['0.0.0.0/0'] }, []],
    [{ sshKey: ['ssh-ed25519 A'] }, ['--ssh-key']],
    [{ awsVpcId: 'vpc-0123abcd' }, ['--aws-vpc-id']],
    [{ secret: ['TOKEN'], env: ['TOKEN=x'] }, ['--secret']],
    [{ format: 'procfile', egress: ['0.0.0.0/0'] }, ['--format']],
  ] as [Answers, string[]][])('%j: %j', (answers, flags) => expect(flagsRefused(answers)).toEqual(flags));
  it('not the keys of a debugging that is turned off', () => {
    const written = { debug: 'true', sshKey: ['ssh-ed25519 A'] };
    expect(flagsRefused({ debug: 'false' }, written)).toEqual([]);
    expect(further({ debug: 'false' }, written)).toEqual({});
    expect(further({}, written)).toEqual({ debug: { sshKeys: ['ssh-ed25519 A'] } });
  });
  it('not when the files say the other half', () =>
    expect(flagsRefused({ e2e: 'tls' }, { domain: 'a.example', egress: ['0.0.0.0/0'] })).toEqual([]));
});

describe('a value that looks like a secret', () => {
  it.each(['TOKEN=abcdef123', 'URL=postgres://u:passw0rd@db/x', 'K=AKIAABCDEFGHIJKLMNOP'])(
    'is refused in --env, and the way to give it is said: %s',
    (assignment) => {
      const [wrong] = checkAnswers({ env: [assignment] });
      expect(wrong?.reason).toMatch(/would be public.*--secret/);
    },
  );
  it('is refused in --secret, which takes names alone', () =>
    expect(checkAnswers({ secret: ['TOKEN=abc'] })[0]?.reason).toMatch(/never given here/));
  it('a variable that is none is taken', () =>
    expect(checkAnswers({ env: ['LOG_LEVEL=debug', 'GREETING=hello world', 'TOKEN_TTL=60'] })).toEqual([]));
});
