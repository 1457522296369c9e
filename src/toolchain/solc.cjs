#!/usr/bin/env node
// The Solidity compiler of npm behind the command line of the native one, so that Hardhat, forge and Slither run the
// same bytes: `--version`, or `--standard-json` with the input on stdin. Imports are never read from disk here.
// The input goes to the compiler through its heap: solc-js passes it on the wasm stack, which overflows near 2 MB.
"use strict";
const fs = require("node:fs");

/** Loads the compiler without leaving Emscripten's handlers on this process. */
function loadCompiler() {
  const events = ["uncaughtException", "unhandledRejection"];
  const before = events.map((event) => process.listeners(event));
  const compiler = require("solc/soljson.js");
  events.forEach((event, index) => {
    for (const listener of process.listeners(event)) {
      if (!before[index].includes(listener)) process.removeListener(event, listener);
    }
  });
  return compiler;
}

/** Runs one standard JSON compilation; both sides are JSON text. */
function compile(compiler, input) {
  const bytes = Buffer.byteLength(input) + 1;
  const pointer = compiler.cwrap("solidity_alloc", "number", ["number"])(bytes);
  if (pointer === 0) throw new Error(`solc: no memory for ${bytes} bytes of input`);
  compiler.stringToUTF8(input, pointer, bytes);
  const answer = compiler.cwrap("solidity_compile", "string", ["number", "number", "number"])(pointer, 0, 0);
  // Gives the memory back, for those who compile on.
  compiler.cwrap("solidity_reset", null, [])();
  return answer;
}

function main(args) {
  const compiler = loadCompiler();
  if (args.includes("--version")) {
    const version = compiler.cwrap("solidity_version", "string", [])();
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
  } else if (args.includes("--standard-json")) {
    process.stdout.write(compile(compiler, fs.readFileSync(0, "utf8")));
  } else {
    throw new Error("solc wrapper: only --version and --standard-json are supported");
  }
}

if (require.main === module) main(process.argv.slice(2));

module.exports = { loadCompiler, compile };
