import { imagePython } from './target.ts';

/** The newest musl that a wheel may have been built against: StageX's. Source: https://peps.python.org/pep-0656/ */
const musl = [1, 2] as const;

/**
 * Whether a file is a wheel that the image's Python can install: pure Python, or native for musl on x86-64.
 * Source: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
 */
export function fits(file: string): boolean {
  const tags = tagsOf(file);
  if (tags === null) return false;
  const { pythons, abis, platforms } = tags;
  return pythons.some((python) =>
    abis.some((abi) => interpreterFits(python, abi) && platforms.some((platform) => platformFits(platform))),
  );
}

export function isWheel(file: string): boolean {
  return tagsOf(file) !== null;
}

function tagsOf(file: string): { pythons: string[]; abis: string[]; platforms: string[] } | null {
  const parts = file.endsWith('.whl') ? file.slice(0, -'.whl'.length).split('-') : [];
  if (parts.length < 5 || parts.length > 6) return null;
  const [python = '', abi = '', platform = ''] = parts.slice(-3);
  return { pythons: python.split('.'), abis: abi.split('.'), platforms: platform.split('.') };
}

function interpreterFits(python: string, abi: string): boolean {
  const [, kind = '', major = '', minor = ''] = /^(py|cp)(\d)(\d*)$/.exec(python) ?? [];
  if (Number(major) !== imagePython[0]) return false;
  const same = minor === '' || Number(minor) === imagePython[1];
  const older = minor === '' || Number(minor) <= imagePython[1];
  if (abi === 'none') return kind === 'py' ? older : same;
  if (kind !== 'cp') return false;
  return abi === 'abi3' ? older : same && abi === python;
}

function platformFits(platform: string): boolean {
  if (platform === 'any' || platform === 'linux_x86_64') return true;
  const [, major, minor] = /^musllinux_(\d+)_(\d+)_x86_64$/.exec(platform) ?? [];
  return major !== undefined && Number(major) === musl[0] && Number(minor) <= musl[1];
}
