import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { placeByText } from '../../../../src/verify/placing/static.ts';

describe('placing a path by the text of the Containerfile', () => {
  const file = readContainerfile(
    'FROM x AS build\nRUN make\nFROM scratch\nCOPY --from=build /out/ /app/\nCOPY --from=build /etc/ /etc/',
  );

  it('names the only instruction that can have brought it', () => {
    expect(placeByText(file, 'app/info')).toMatchObject({ stage: { name: 'stage-1' }, step: { line: 4 } });
  });

  it('names none where none, or several, can have', () => {
    expect(placeByText(file, 'usr/x')).toBeNull();
    expect(placeByText(readContainerfile('FROM x\nRUN a\nRUN b'), 'usr/x')).toBeNull();
  });
});
