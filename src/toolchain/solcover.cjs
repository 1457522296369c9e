// Settings of solidity-coverage, used by scripts/coverage.ts.
"use strict";

// A line that only some of the random inputs reach must not pass today and fail tomorrow.
require("fast-check").configureGlobal({ seed: 20_430 });

module.exports = {
  skipFiles: ["mocks"],
  // The report of all processes together is written by the script.
  istanbulReporter: ["json-summary"],
  // What test/fixtures/instrumented.ts says of these marks.
  mocha: { timeout: 600_000, grep: "@gas|@long", invert: true },
};
