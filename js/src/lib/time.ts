/** Times and durations as people read them; all inputs are ms, all clocks are given by the caller. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * "420 ms", "12.3 s", "3 min 04 s", "2 h 05 min", "3 d 04 h", as Python's `length_text` has it; negative spans (clocks
 * that differ) count as none.
 */
export function formatDuration(span_ms: number): string {
  const ms = Math.max(0, span_ms);
  if (ms < SECOND) return `${Math.floor(ms)} ms`;
  if (ms < MINUTE) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${two(Math.floor((ms % MINUTE) / SECOND))} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two(Math.floor((ms % HOUR) / MINUTE))} min`;
  return `${Math.floor(ms / DAY)} d ${two(Math.floor((ms % DAY) / HOUR))} h`;
}

/** The same, in whole seconds below a minute: for a clock that ticks. */
export function formatElapsed(span_ms: number): string {
  const ms = Math.max(0, span_ms);
  return ms < MINUTE ? `${Math.floor(ms / SECOND)} s` : formatDuration(ms);
}

/** "just now", "12 s ago", "3 min ago", "5 h ago", "6 d ago", then the date. */
export function formatRelative(time_ms: number, now_ms: number): string {
  const ago = now_ms - time_ms;
  if (ago < 5 * SECOND) return "just now";
  if (ago < MINUTE) return `${Math.floor(ago / SECOND)} s ago`;
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`;
  if (ago < DAY) return `${Math.floor(ago / HOUR)} h ago`;
  if (ago < 14 * DAY) return `${Math.floor(ago / DAY)} d ago`;
  return formatAbsolute(time_ms).slice(0, 10);
}

/** "2026-11-21 02:36:11" in the reader's time zone. */
export function formatAbsolute(time_ms: number): string {
  const t = new Date(time_ms);
  if (Number.isNaN(t.getTime())) return "unknown time";
  const date = `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
  return `${date} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
}

/** ms until `formatRelative` can change, so that clocks tick no more than needed. */
export function relativeStep(time_ms: number, now_ms: number): number {
  const ago = now_ms - time_ms;
  if (ago < MINUTE) return 5 * SECOND;
  return ago < HOUR ? MINUTE / 2 : 10 * MINUTE;
}
