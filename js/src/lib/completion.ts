/**
 * What could come next in a filter that is being typed: fields, operators, values, words that join.
 *
 * The text before the caret is read by a few token shapes; it need not be right, only far enough understood to know
 * what kind of thing stands at the caret.  Whether a filter is right is for Python to say.
 */
import type { Column } from "../bridge/table";
import { quotedText } from "./conditions";
import { plural } from "./text";

export interface Choice {
  /** what is put in */
  text: string;
  /** said beside it */
  note: string;
}

export interface Completion {
  /** the part of the text that a choice replaces, [from, to) */
  from: number;
  to: number;
  kind: "field" | "operator" | "value" | "join";
  /** the field whose value is wanted */
  field: string;
  choices: Choice[];
}

const TOKEN =
  /\s+|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|(?:[A-Za-z_]\w*\.)?`[^`]*(?:`(?:\.\w*)?|$)|[A-Za-z_][\w.]*|[\d.]+(?:[eE][+-]?\d*)?|[<>=!]+|./g;
const JOINS = new Set(["and", "or"]);
const BEFORE_FIELD = new Set(["not", "("]);
const TEXT_OPERATORS = new Set(["like", "ilike", "contains"]);
const NUMBERS = ["=", "!=", "<", "<=", ">", ">=", "IS NULL", "IS NOT NULL"];
const TEXTS = ["=", "!=", "LIKE", "ILIKE", "CONTAINS", "IN (", "IS NULL", "IS NOT NULL"];
const ATTRIBUTES: Record<string, "text" | "number"> = {
  status: "text",
  run_name: "text",
  cell: "text",
  source: "text",
  notebook: "text",
  experiment: "text",
  user_id: "text",
  start_time: "number",
  end_time: "number",
  duration: "number",
  cell_version: "number",
};
const STATUSES = ["FINISHED", "RUNNING", "FAILED", "KILLED", "SCHEDULED"];
const MOST = 50;

/** The completion at a caret; null where nothing is to be offered. */
export function completionAt(text: string, caret: number, columns: readonly Column[]): Completion | null {
  const tokens = [...text.slice(0, caret).matchAll(TOKEN)].map((match) => ({ text: match[0], at: match.index }));
  const last = tokens.at(-1);
  const typing = last !== undefined && !/^(\s+|[(),])$/.test(last.text) ? last : { text: "", at: caret };
  const before = tokens.filter((token) => token.at < typing.at && !/^\s+$/.test(token.text)).map((token) => token.text);
  const { kind, field } = expected(before);
  if (kind === "operator" && /^[<>=!]+$/.test(typing.text)) return null;
  const to = wordEnd(text, caret, typing.text);
  const choices = choose(kind, field, typing.text, columns);
  return choices.length === 0 && kind !== "value" ? null : { from: typing.at, to, kind, field, choices };
}

/** A word that goes on behind the caret is replaced whole. */
function wordEnd(text: string, caret: number, typed: string): number {
  const rest = /^['"`]/.test(typed) ? "" : (/^[\w.`]*/.exec(text.slice(caret))?.[0] ?? "");
  return caret + rest.length;
}

function expected(before: readonly string[]): { kind: Completion["kind"]; field: string } {
  let kind: Completion["kind"] = "field";
  let field = "";
  for (const token of before) {
    const word = token.toLowerCase();
    if (JOINS.has(word)) kind = "field";
    else if (kind === "field" && !BEFORE_FIELD.has(word)) [kind, field] = ["operator", token];
    else if (kind === "operator" && (/^[<>=!]+$/.test(token) || TEXT_OPERATORS.has(word))) kind = "value";
    else if (kind === "operator" && word === "(") kind = "value";
    else if (kind === "operator" && word === "null") kind = "join";
    else if (kind === "value" && word !== "(") kind = "join";
    else if (kind === "join" && token === ",") kind = "value";
  }
  return { kind, field };
}

function choose(kind: Completion["kind"], field: string, typed: string, columns: readonly Column[]): Choice[] {
  switch (kind) {
    case "field":
      return fields(typed, columns);
    case "operator": {
      const operators = isNumber(field) ? NUMBERS : TEXTS;
      return starting(operators, typed).map((text) => ({ text, note: "" }));
    }
    case "value":
      return bare(field) === "status" ? valueChoices(STATUSES, typed) : [];
    default:
      return starting(["AND", "OR"], typed).map((text) => ({ text, note: "" }));
  }
}

/** Keys that hold what was typed, those that begin with it first. */
function fields(typed: string, columns: readonly Column[]): Choice[] {
  const wanted = plain(typed);
  const attributes = Object.keys(ATTRIBUTES).map((text) => ({ text, note: "run" }));
  const named = columns
    .filter(({ kind }) => kind !== "attribute")
    .map(({ key, kind, runs }) => ({ text: key, note: `${kind}, ${plural(runs, "run")}` }));
  const rank = ({ text }: Choice) => {
    const key = plain(text);
    if (key.startsWith(wanted)) return 0;
    return key.slice(key.indexOf(".") + 1).startsWith(wanted) ? 1 : key.includes(wanted) ? 2 : 3;
  };
  return [...attributes, ...named]
    .map((choice) => ({ choice, at: rank(choice) }))
    .filter(({ at, choice }) => at < 3 && choice.text !== typed)
    .sort((a, b) => a.at - b.at)
    .slice(0, MOST)
    .map(({ choice }) => choice);
}

/** Values as text in quotes, those that hold what was typed. */
export function valueChoices(values: readonly string[], typed: string, notes: readonly string[] = []): Choice[] {
  const wanted = typed.replace(/^['"]|['"]$/g, "").toLowerCase();
  return values
    .map((value, i) => ({ text: quotedText(value), note: notes[i] ?? "", value }))
    .filter(({ value, text }) => value.toLowerCase().includes(wanted) && text !== typed)
    .slice(0, MOST)
    .map(({ text, note }) => ({ text, note }));
}

function starting(words: readonly string[], typed: string): string[] {
  const wanted = typed.toUpperCase();
  return words.filter((word) => word.startsWith(wanted) && word !== wanted);
}

function plain(text: string): string {
  return text.replaceAll("`", "").toLowerCase();
}

function bare(field: string): string {
  return field.replace(/^(attributes|attribute|attr|run)\./i, "").toLowerCase();
}

function isNumber(field: string): boolean {
  return /^metrics?\./i.test(field) || ATTRIBUTES[bare(field)] === "number";
}

/** Puts a choice into the text; the caret stands behind it, with a blank between. */
export function complete(text: string, { from, to }: Completion, choice: string): { text: string; caret: number } {
  const after = text.slice(to);
  const gap = choice.endsWith("(") || after.startsWith(" ") || after.startsWith(")") ? "" : " ";
  return {
    text: text.slice(0, from) + choice + gap + after,
    caret: from + choice.length + 1 - (choice.endsWith("(") ? 1 : 0),
  };
}
