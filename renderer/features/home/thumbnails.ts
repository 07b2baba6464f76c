/** Pictures of what each template makes, drawn by real runs of it (scripts/make-thumbnails.ts). */
const files = import.meta.glob<string>('../../../resources/thumbnails/*.png', {
  eager: true,
  query: '?url',
  import: 'default',
});

const byName: ReadonlyMap<string, string> = new Map(
  Object.entries(files).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1, -'.png'.length), url]),
);

/** The address of a template's picture; undefined when there is none. */
export const thumbnailOf = (template: string): string | undefined => byName.get(template);
