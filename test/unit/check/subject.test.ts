import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../../src/check/subject.ts';
import { viewOf } from '../../../src/check/view.ts';

const built = (files: Record<string, string>, dir = '') => subjectOf(viewOf(files, { dir })).build?.path;
const image = 'FROM scratch\n';

describe('the Containerfile that is looked at', () => {
  it('is the one that the Procfile names, else Containerfile, else Dockerfile', () => {
    expect(built({ Procfile: 'containerfile: a/B', 'a/B': image, Containerfile: image })).toBe('a/B');
    expect(built({ Procfile: '', Containerfile: image, Dockerfile: image })).toBe('Containerfile');
    expect(built({ Dockerfile: image })).toBe('Dockerfile');
  });

  it('is the one that caution.hcl names, where there is one', () => {
    const hcl = 'enclave "a" {\n  build {\n    containerfile = "a/B"\n  }\n}\n';
    expect(built({ 'caution.hcl': hcl, Procfile: 'containerfile: c/D', 'a/B': image, 'c/D': image })).toBe('a/B');
  });

  it('is the one that caution.hcl names, even if something else in it is refused', () => {
    const hcl = 'enclave "a" {\n  build {\n    containerfile = "a/B"\n    x = 1\n  }\n}\n';
    expect(built({ 'caution.hcl': hcl, 'a/B': image, Containerfile: image })).toBe('a/B');
  });

  it("is the service's own below the root, when nothing names another", () => {
    expect(built({ 'api/Containerfile': image, Containerfile: image }, 'api')).toBe('api/Containerfile');
  });

  it('is the one that is there when another was named, so that it can be looked at all the same', () => {
    expect(built({ Procfile: 'containerfile: gone', Containerfile: image })).toBe('Containerfile');
  });
});

describe('the .dockerignore that counts', () => {
  it("is the Containerfile's own, else that of the root", () => {
    const files = { Containerfile: image, '.dockerignore': 'a', 'Containerfile.dockerignore': 'b' };
    expect(subjectOf(viewOf(files)).ignore.path).toBe('Containerfile.dockerignore');
    expect(subjectOf(viewOf({ ...files, 'Containerfile.dockerignore': 'link:b' })).ignore.text).toBe('');
  });
});
