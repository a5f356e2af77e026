// What the scripts share: each check prints one JSON line, {"name", "ok", "detail"}.
export async function check(name, run) {
  try {
    const detail = await run();
    console.log(JSON.stringify({ name, ok: true, detail }));
  } catch (error) {
    process.exitCode = 1;
    console.log(JSON.stringify({ name, ok: false, detail: `${error.name}: ${error.message}` }));
  }
}

export function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}

export async function rejects(promise, type, what) {
  try {
    await promise;
  } catch (error) {
    expect(error instanceof type, `${what} but got ${error.name}: ${error.message}`);
    return error;
  }
  throw new Error(`expected ${what} but it succeeded`);
}
