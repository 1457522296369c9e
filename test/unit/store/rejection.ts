/** What a promise rejects with; throws when it does not reject, so that a test of a failure cannot pass by success. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (cause) {
    return cause;
  }
  throw new Error(`expected a rejection, got ${String(value)}`);
}
