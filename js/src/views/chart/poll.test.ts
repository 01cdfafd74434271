import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { polling } from "./poll";

test("what is stopped while it looks looks no more", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    let looks = 0;
    let told: (isNew: boolean) => void = () => {};
    const stop = polling(() => {
      looks += 1;
      return new Promise((resolve) => {
        told = resolve;
      });
    });
    const answered = async () => {
      told(true);
      await Promise.resolve();
      await Promise.resolve();
      mock.timers.tick(60_000);
    };
    mock.timers.tick(3000);
    assert.equal(looks, 1);
    await answered();
    assert.equal(looks, 2);
    stop();
    await answered();
    assert.equal(looks, 2);
  } finally {
    mock.timers.reset();
  }
});
