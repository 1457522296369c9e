/**
 * Ends the processes of a demonstration should it die before it could do so itself. Plain JavaScript: it must start at once.
 * Messages: a process id to look after. When the channel closes, all of them are killed by their id.
 */
const pids = new Set();
process.on("message", (pid) => pids.add(pid));
process.on("SIGINT", () => {});
process.on("disconnect", () => {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
  process.exit(0);
});
