// Settings of solidity-coverage, used by scripts/coverage.ts.
"use strict";
module.exports = {
  skipFiles: ["mocks"],
  istanbulReporter: ["json-summary", "html", "lcov", "text"],
  // Tests all about gas: the counters cost gas.
  mocha: { timeout: 600_000, grep: "@gas", invert: true },
};
