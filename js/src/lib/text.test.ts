import assert from "node:assert/strict";
import { test } from "node:test";
import { cellLabel, className, cutMiddle, formatBytes, modelName, oneLine, plural, shorten } from "./text";

test("newlines and control characters are shown, not obeyed", () => {
  assert.equal(oneLine("a\n\n b\u0000\u007f"), "a ↵ b␀␡");
  assert.equal(oneLine("<script>alert(1)</script>"), "<script>alert(1)</script>");
});

test("text is cut between letters, never within one", () => {
  assert.equal(shorten("😀😀😀", 2), "😀…");
  assert.equal(shorten("abc", 3), "abc");
});

test("an experiment's name gives a model name that the registry takes", () => {
  assert.equal(modelName("breast-cancer"), "breast-cancer");
  assert.equal(modelName("team/vision: v 2"), "team-vision-v-2");
  assert.equal(modelName("  / "), "model");
});

test("counts are grouped and take their plural", () => {
  assert.equal(plural(1, "run"), "1 run");
  assert.equal(plural(12000, "run"), "12,000 runs");
});

test("sizes keep two digits", () => {
  assert.equal(formatBytes(17), "17 B");
  assert.equal(formatBytes(1536), "1.5 kB");
  assert.equal(formatBytes(999_900), "1.0 MB");
  assert.equal(formatBytes(123_456_789), "123 MB");
});

test("long names are known by their last part", () => {
  assert.equal(cellLabel("lessons/a.ipynb#svm"), "svm");
  assert.equal(cellLabel("svm"), "svm");
  assert.equal(cellLabel("odd#"), "odd#");
  assert.equal(className("sklearn.svm._classes.SVC"), "SVC");
  assert.equal(className("SVC"), "SVC");
});

test("a name that is cut keeps its end", () => {
  assert.equal(cutMiddle("gentle-heron-17", 15), "gentle-heron-17");
  assert.equal(cutMiddle("a-gentle-heron-17", 9), "a-gen…-17");
  assert.equal(cutMiddle("😀😀😀😀😀", 4), "😀😀…😀");
  assert.equal(cutMiddle("a-gentle-…-17", 12), "a-gentl…-17");
});
