import { run, smallJob } from "./fixture";

/** Prints the result digest of the small job; run by a test in engines set up in several ways. */
if (require.main === module) {
  void smallJob()
    .then(run)
    .then(({ resultDigest }) => console.log(resultDigest));
}
