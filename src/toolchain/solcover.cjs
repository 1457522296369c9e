// Settings of solidity-coverage, used by scripts/coverage.ts.
"use strict";
module.exports = {
  skipFiles: ["mocks"],
  istanbulReporter: ["json-summary", "html", "lcov", "text"],
  mocha: { timeout: 600_000 },
};
