/** A long text in parts, each far below the 10 MiB at which the Jupyter server drops a websocket. */
const LONGEST = 1_500_000;

export function partsOf(text: string, longest = LONGEST): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length || parts.length === 0; start += longest) {
    parts.push(text.slice(start, start + longest));
  }
  return parts;
}
