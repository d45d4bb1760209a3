import type { Image } from './image.ts';

/**
 * What made each layer, by the image's own history.
 * Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md (history, empty_layer)
 * @returns null when the history does not speak of each layer.
 */
export function layerHistory({ config, layers }: Pick<Image, 'config' | 'layers'>): string[] | null {
  const history = (config as { history?: unknown } | null)?.history;
  if (!Array.isArray(history)) return null;
  const made = history.flatMap((entry: { created_by?: unknown; empty_layer?: unknown } | null) =>
    entry?.empty_layer === true ? [] : String(entry?.created_by ?? ''),
  );
  return made.length === layers.length ? made : null;
}
