import { describe, expect, it } from 'vitest';
import { checkAwsId, checkInstanceType, checkOrigin, checkRegion, checkSshKey } from '../../../src/caution/cloud.ts';

describe('an AWS account', () => {
  it.each(['eu-central-1', 'us-gov-west-1', 'ap-southeast-12'])('has the region %s', (region) =>
    expect(checkRegion(region)).toBeNull(),
  );
  it.each(['', 'EU-central-1', 'eu-central', 'eu-central-1\naws_vpc_id: x'])('has no region %j', (region) =>
    expect(checkRegion(region)).not.toBeNull(),
  );
  it('has ids of 8 or 17 hexadecimal digits', () => {
    const check = checkAwsId('vpc');
    expect(['vpc-0123abcd', 'vpc-0123456789abcdef0'].map(check)).toEqual([null, null]);
    for (const wrong of ['vpc-0123abc', 'vpc-0123ABCD', 'subnet-0123abcd', 'vpc-0123abcd\n'])
      expect(check(wrong)).toContain('vpc-');
  });
  it('has machines of a type', () => {
    expect(['m6i.xlarge', 'u-6tb1.112xlarge'].map(checkInstanceType)).toEqual([null, null]);
    expect(checkInstanceType('m6i')).not.toBeNull();
  });
});

describe('a key of OpenSSH', () => {
  it.each([
    'ssh-ed25519 AAAAC3NzaC1lZDI1 me@example',
    'sk-ssh-ed25519@openssh.com AAAA= x',
    'ecdsa-sha2-nistp256 AAAA',
  ])('is %s', (key) => expect(checkSshKey(key)).toBeNull());
  it.each(['', 'AAAA', 'ssh-ed25519', 'ssh-ed25519 AAAA a\nrun: /x', '-----BEGIN OPENSSH PRIVATE KEY-----'])(
    'is not %j',
    (key) => expect(checkSshKey(key)).not.toBeNull(),
  );
});

describe('an origin', () => {
  it.each(['https://app.example.com', 'http://localhost:3000', 'https://[::1]:8443'])('is %s', (origin) =>
    expect(checkOrigin(origin)).toBeNull(),
  );
  it.each([
    '*',
    'app.example.com',
    'https://a.example/',
    'https://A.example',
    'https://a.example:443',
    'https://u@a',
    '',
  ])('is not %j', (origin) => expect(checkOrigin(origin)).not.toBeNull());
});
