/** A run's files, summed up: folders with several files (a model's, trackbook's own) become one line each. */

export interface ArtifactFile {
  path: string;
  size: number | null;
}

export interface ArtifactLine extends ArtifactFile {
  /** the files within, for a folder; 1 for a file */
  files: number;
  /** their paths, one a line */
  title: string;
}

const MANY = 3;

/** Loose files first, then folders; each in the order in which they came. */
export function sumUp(files: readonly ArtifactFile[]): ArtifactLine[] {
  const folders = new Map<string, ArtifactFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.indexOf("/") + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const line = (file: ArtifactFile): ArtifactLine => ({ ...file, files: 1, title: file.path });
  const loose = [...folders].flatMap(([name, members]) =>
    name === "" || members.length < MANY ? members.map(line) : [],
  );
  const summed = [...folders]
    .filter(([name, members]) => name !== "" && members.length >= MANY)
    .map(([name, members]) => ({
      path: name,
      size: total(members),
      files: members.length,
      title: members.map((m) => m.path).join("\n"),
    }));
  return [...loose, ...summed];
}

/** bytes; null where one of them is not known */
function total(files: readonly ArtifactFile[]): number | null {
  return files.reduce<number | null>((sum, { size }) => (sum === null || size === null ? null : sum + size), 0);
}
