import assert from "node:assert/strict";
import { test } from "node:test";
import { cellLine, traceLines } from "./traceback";

const IPYTHON = `\u001b[31mValueError\u001b[0m      Traceback (most recent call last)
Cell In[7], line 5
      3 model = SVC(kernel="rbff")
      4 
----> 5 model.fit(X_train, y_train)

File ~/env/sklearn/base.py:1389, in fit(self)
   1388     check()
-> 1389 return fit_method(estimator)

ValueError: no`;

const PYTHON = `Traceback (most recent call last):
  File "Cell In[7]", line 5, in <module>
    model.fit(X_train, y_train)
    ~~~~~~~~~^^^^^^^^^^^^^^^^^^
  File "sklearn/base.py", line 1389, in fit
    return fit_method(estimator)
ValueError: no`;

for (const [name, text] of [
  ["IPython", IPYTHON],
  ["Python", PYTHON],
] as const) {
  test(`the cell's own line is told from the library's in ${name}'s tracebacks`, () => {
    const lines = traceLines(text);
    assert.deepEqual(cellLine(lines), { line: 5, text: "model.fit(X_train, y_train)" });
    assert.deepEqual(
      lines.filter(({ kind }) => kind === "here").map(({ cell }) => cell),
      [true, false],
    );
    assert.ok(lines.every((line) => !line.text.includes("\u001b")));
  });
}

test("what is no traceback is plain text", () => {
  assert.equal(cellLine(traceLines("boom")), null);
  assert.deepEqual(traceLines("boom"), [{ text: "boom", kind: "plain", cell: false }]);
});
