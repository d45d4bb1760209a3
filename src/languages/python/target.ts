/** The Python of pallet-python, at any release of StageX that is known. Source: StageX 2026.03.0, packages/core/python. */
export const imagePython = [3, 13, 7] as const;

/** `3.13`, as markers and people write it. */
export const pythonVersion = imagePython.slice(0, 2).join('.');

/** What markers are held against: the image's Python. Source: https://peps.python.org/pep-0508/#environment-markers */
export const markerEnvironment: Readonly<Record<string, string>> = {
  implementation_name: 'cpython',
  implementation_version: imagePython.join('.'),
  os_name: 'posix',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
  platform_system: 'Linux',
  platform_release: '',
  platform_version: '',
  python_full_version: imagePython.join('.'),
  python_version: pythonVersion,
  sys_platform: 'linux',
};
