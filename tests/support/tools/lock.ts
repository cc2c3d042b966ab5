import { Database } from "bun:sqlite";

/**
 * Does some work while no other process does work under the same lock, and waits for its turn. The lock is the kernel's
 * own (an exclusive SQLite transaction): it is free again the moment its holder has ended, however it ended.
 * @param path of the lock's file, which is made
 */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const database = new Database(path, { create: true });
  try {
    database.run("pragma busy_timeout = 0");
    while (!begin(database)) await Bun.sleep(100);
    return await work();
  } finally {
    database.close();
  }
}

function begin(database: Database): boolean {
  try {
    database.run("begin exclusive");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") return false;
    throw error;
  }
}
