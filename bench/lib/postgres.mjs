// A PostgreSQL of its own on a free port, with the rows of the SQLite library, one database a subject.
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cpuMs, freePort, run, start, stop } from './process.mjs';
import { startServer } from './subjects.mjs';

const PROGRAMS = '/usr/lib/postgresql/17/bin';
// What a small machine would be given; the same for all who ask it. Commits are synced, as the product's are.
const SETTINGS = { shared_buffers: '256MB', max_wal_size: '2GB', max_connections: '100', jit: 'off' };

/** PostgreSQL refuses to run as root, so that root lends it the user that Debian made for it. */
function asPostgres(command, args) {
  if (process.getuid() !== 0) return [command, args];
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', command, ...args]];
}

export class Postgres {
  static async start(folder) {
    const postgres = new Postgres();
    postgres.folder = path.join(folder, 'postgres');
    postgres.port = await freePort();
    await mkdir(postgres.folder, { recursive: true });
    if (process.getuid() === 0) {
      const user = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith('postgres:'));
      await chown(postgres.folder, Number(user.split(':')[2]), Number(user.split(':')[3]));
    }
    const data = path.join(postgres.folder, 'data');
    await run(
      ...asPostgres(`${PROGRAMS}/initdb`, [
        '-D',
        data,
        '-U',
        'mv',
        '--auth=trust',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '--no-sync',
      ]),
      { cwd: '/' },
    );
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [command, args] = asPostgres(`${PROGRAMS}/postgres`, [
      ...['-D', data, '-p', String(postgres.port), '-k', postgres.folder, '-c', 'listen_addresses=127.0.0.1'],
      ...settings,
    ]);
    // It tells its log, and this is the line of it that others wait for.
    postgres.program = await start('postgres', 'bash', ['-c', 'exec "$@" 2>&1', 'postgres', command, ...args], {
      ready: /ready to accept connections/,
      end: 'SIGINT', // SIGTERM would wait for the last client
      folder,
    });
    return postgres;
  }

  url(database) {
    return `postgresql://mv@127.0.0.1:${this.port}/${database}`;
  }

  async sql(database, text) {
    return run('psql', ['-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', this.url(database)], { input: text });
  }

  /** The database `name` with the tables that the server makes and the rows of a SQLite file of the same schema. */
  async fill(name, sqliteFile, folder) {
    await this.sql('postgres', `CREATE DATABASE ${name}`);
    const data = path.join(folder, 'schema');
    await stop((await startServer('schema', { data, folder, databaseUrl: this.url(name), roles: 'api' })).program);
    const listed = await this.sql(
      name,
      `SELECT relname FROM pg_stat_user_tables WHERE relname <> 'schema_migrations' ORDER BY relname`,
    );
    const tables = listed.split('\n').filter(Boolean);
    await this.sql(name, `TRUNCATE ${tables.join(', ')}`);
    for (const table of tables) await this.copyTable(name, table, sqliteFile);
    await this.sql(
      name,
      `SELECT setval(pg_get_serial_sequence('events', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM events))`,
    );
    await this.sql(name, 'VACUUM ANALYZE');
  }

  async copyTable(name, table, sqliteFile) {
    const columns = await run('sqlite3', [sqliteFile, `SELECT group_concat(name) FROM pragma_table_info('${table}')`]);
    if (!columns.trim()) return;
    const script = path.join(this.folder, 'copy.sh');
    await writeFile(
      script,
      `set -o pipefail
sqlite3 -csv -nullvalue '\\N' "$1" 'SELECT ${columns.trim()} FROM ${table}' |
  psql -X -q -v ON_ERROR_STOP=1 "$2" -c 'SET session_replication_role = replica' \\
    -c "COPY ${table} (${columns.trim()}) FROM STDIN (FORMAT csv, NULL '\\N')"`,
    );
    await run('bash', [script, sqliteFile, this.url(name)]);
  }

  async copy(from, to) {
    await this.sql('postgres', `CREATE DATABASE ${to} TEMPLATE ${from}`);
  }

  /** Processor time of all its processes so far, in ms. */
  cpuMs() {
    return cpuMs(this.program.pid);
  }
}
