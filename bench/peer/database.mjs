// PostgreSQL by `pg`: one pool a process, and named queries, which the server prepares once a connection.
import pg from 'pg';

// Counts and times fit a double; `pg` hands bigint out as text otherwise.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export const pool = new pg.Pool({
  connectionString: process.env.PEER_DATABASE_URL,
  max: Number(process.env.PEER_POOL ?? 10),
});

/** The rows of a named query, by default outside any transaction. */
export async function rows(name, text, values, client = pool) {
  return (await client.query({ name, text, values })).rows;
}

/** Commits when `work` resolves, rolls back when it rejects. */
export async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
