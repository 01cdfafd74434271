/** What changed within a line: the part between the common beginning and the common end. */

export interface Change {
  before: string;
  changed: string;
  after: string;
}

const WORD = /[\p{L}\p{N}_]/u;

/** Both sides cut in three; null where too little is in common to be worth a mark. */
export function changedPart(left: string, right: string): [Change, Change] | null {
  let start = 0;
  const most = Math.min(left.length, right.length);
  while (start < most && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < most - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  while (start > 0 && WORD.test(left[start - 1] as string) && splitsWord(left, right, start, end)) start -= 1;
  while (end > 0 && WORD.test(left[left.length - end] as string) && splitsWord(left, right, start, end)) end -= 1;
  if (start + end < 0.3 * Math.max(left.length, right.length)) return null;
  const cut = (text: string): Change => ({
    before: text.slice(0, start),
    changed: text.slice(start, text.length - end),
    after: text.slice(text.length - end),
  });
  return [cut(left), cut(right)];
}

/** Whether the cut lies within a word on either side: words are marked whole. */
function splitsWord(left: string, right: string, start: number, end: number): boolean {
  const within = (text: string) => {
    const [a, b] = [text[start] ?? "", text[text.length - end - 1] ?? ""];
    return WORD.test(a) || WORD.test(b);
  };
  return within(left) || within(right);
}
